package io.dvcr.virt.singlehost;

import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.machine.MachineSpec;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What outlives the controller: what is asked for, and what was done that nobody else remembers.
 *
 * @param uuid the domain's
 * @param image what the image's reference meant when it was first looked up; a volume is never made of anything else
 * @param accelerator of the domain's definition; written before it is defined, so without it there is no domain
 * @param started whether the run that was last asked for has begun
 * @param shutdownAskedAt when the guest was first asked to turn itself off, if it was and has not yet
 */
record MachineRecord(
        MachineSpec spec,
        UUID uuid,
        Instant createdAt,
        Optional<ImageDescription> image,
        Optional<Accelerator> accelerator,
        boolean started,
        Optional<Instant> shutdownAskedAt) {

    static MachineRecord create(MachineSpec spec, UUID uuid, Instant createdAt) {
        return new MachineRecord(spec, uuid, createdAt, Optional.empty(), Optional.empty(), false, Optional.empty());
    }

    /** Unique on the host, also where two data directories have machines of one name. */
    String domain() {
        return "dvcr-" + spec.name() + "-" + uuid.toString().substring(0, 8);
    }

    /** Asks for a run, or for none. What is asked for anew has not begun yet. */
    MachineRecord withDesired(DesiredState desired) {
        boolean begun = started && desired != DesiredState.RUNNING;
        return new MachineRecord(
                spec.withDesired(desired), uuid, createdAt, image, accelerator, begun, shutdownAskedAt);
    }

    MachineRecord withImage(ImageDescription described) {
        return new MachineRecord(spec, uuid, createdAt, Optional.of(described), accelerator, started, shutdownAskedAt);
    }

    MachineRecord withAccelerator(Accelerator taken) {
        return new MachineRecord(spec, uuid, createdAt, image, Optional.of(taken), started, shutdownAskedAt);
    }

    MachineRecord withStarted() {
        return new MachineRecord(spec, uuid, createdAt, image, accelerator, true, shutdownAskedAt);
    }

    MachineRecord withShutdownAsked(Instant now) {
        Instant first = shutdownAskedAt.orElse(now);
        return new MachineRecord(spec, uuid, createdAt, image, accelerator, started, Optional.of(first));
    }

    MachineRecord withStopped() {
        return new MachineRecord(spec, uuid, createdAt, image, accelerator, false, Optional.empty());
    }

    /** Unless a new run was asked for meanwhile. */
    MachineRecord withPoweredOff() {
        return started && spec.desired() == DesiredState.RUNNING
                ? withDesired(DesiredState.STOPPED).withStopped()
                : this;
    }
}
