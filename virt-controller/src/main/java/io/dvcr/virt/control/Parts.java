package io.dvcr.virt.control;

import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.ImageRegistry;
import io.dvcr.virt.runtime.Volumes;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** What reconcilers work with. */
record Parts(
        Resources resources,
        ReferenceIndex index,
        ImageRegistry registry,
        Volumes volumes,
        Hypervisor hypervisor,
        VolumePushes pushes,
        InstantSource clock) {

    /** In whole seconds, as statuses have it. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }
}
