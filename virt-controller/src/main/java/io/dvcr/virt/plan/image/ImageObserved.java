package io.dvcr.virt.plan.image;

import io.dvcr.virt.runtime.ImageRegistry.StoredImage;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is so of an image.
 *
 * @param terminating whether its deletion was asked for
 * @param held whether the resource waits for the image to be gone
 * @param wasReady whether it was ready once
 * @param outdated whether the spec has changed since this was last looked at, so that what is under way is not asked for
 * @param stored what the registry has under its name
 * @param users what cannot do without it, such as {@code VirtualMachine default/web}
 */
public record ImageObserved(
        boolean terminating,
        boolean held,
        boolean wasReady,
        boolean outdated,
        Optional<StoredImage> stored,
        Origin origin,
        Transfer transfer,
        List<String> users,
        Instant now) {
    public ImageObserved {
        users = List.copyOf(users);
    }
}
