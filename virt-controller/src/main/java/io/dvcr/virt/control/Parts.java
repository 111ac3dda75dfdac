package io.dvcr.virt.control;

import io.dvcr.virt.plan.Told;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.resource.Resources.Event;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.HostUnavailableException;
import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.Volumes;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What reconcilers work with.
 *
 * @param opening held while it is made sure that nobody else has a disk open who must not, and it is opened
 */
record Parts(
        Resources resources,
        ReferenceIndex index,
        ImageRegistry registry,
        Volumes volumes,
        Hypervisor hypervisor,
        VolumePushes pushes,
        ReentrantLock opening,
        InstantSource clock) {
    /** The names of phases that somebody should do something about. */
    private static final Set<String> BAD = Set.of("Failed", "Lost", "ImageLost", "Pause");

    /** In whole seconds, as statuses have it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    /** The domain of a machine, {@link Domain.Unknown} as long as the host cannot be asked. */
    Domain domain(Resource<?, ?> machine) throws IOException {
        try {
            return hypervisor.find(UUID.fromString(machine.uid()));
        } catch (HostUnavailableException e) {
            return new Domain.Unknown(String.valueOf(e.getMessage()));
        }
    }

    /** Notes that a resource has come into another phase, if it has. */
    <P extends Enum<P>> void noteIfChanged(Resource<?, ?> resource, P before, Told<P> told) {
        if (before != told.phase()) {
            boolean isBad = BAD.contains(told.phase().name()) && !told.reason().equals("Paused");
            resources.note(
                    resource,
                    isBad
                            ? Event.warning(told.reason(), told.message(), now())
                            : Event.normal(told.reason(), told.message(), now()));
        }
    }
}
