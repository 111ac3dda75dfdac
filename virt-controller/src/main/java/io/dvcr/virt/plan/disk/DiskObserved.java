package io.dvcr.virt.plan.disk;

import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is so of a disk.
 *
 * @param terminating whether its deletion was asked for
 * @param held whether the resource waits for the volume to be gone
 * @param wasReady whether it was ready once
 * @param requestedBytes the size that was asked for; empty for that of the image
 * @param remembered what it is made of, once that is known
 * @param imported whether the registry has an image for this disk alone
 * @param guestBytes what the guest was last told; 0 before the disk is ready
 * @param users what cannot do without it, such as {@code VirtualMachine default/web}
 */
public record DiskObserved(
        boolean terminating,
        boolean held,
        boolean wasReady,
        Optional<Long> requestedBytes,
        Optional<ImageDescription> remembered,
        boolean imported,
        Origin origin,
        Transfer transfer,
        Volume volume,
        long guestBytes,
        List<String> users,
        Instant now) {
    public DiskObserved {
        users = List.copyOf(users);
    }

    /** What the disk is, or can now be, made of. */
    Optional<ImageDescription> source() {
        return remembered.isPresent()
                ? remembered
                : origin instanceof Origin.Image from ? Optional.of(from.image()) : Optional.empty();
    }
}
