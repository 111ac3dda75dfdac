package io.dvcr.virt.plan.image;

import io.dvcr.virt.runtime.ImageRegistry.StoredImage;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Transfer;
import java.util.List;
import java.util.Optional;

/**
 * What is so of an image.
 *
 * @param terminating whether its deletion was asked for
 * @param held whether the resource waits for the image to be gone
 * @param wasReady whether it was ready once
 * @param stored what the registry has under its name
 * @param users what cannot do without it, such as {@code VirtualMachine default/web}
 */
public record ImageObserved(
        boolean terminating,
        boolean held,
        boolean wasReady,
        Optional<StoredImage> stored,
        Origin origin,
        Transfer transfer,
        List<String> users) {
    public ImageObserved {
        users = List.copyOf(users);
    }
}
