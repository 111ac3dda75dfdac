package io.dvcr.virt.control;

import io.dvcr.virt.api.ImageStatus;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The copies of images that machines of this host have as devices: one for each image, gone with its last user. */
final class ImageCopies {
    private final Parts parts;
    private final DiskUse use;

    ImageCopies(Parts parts, DiskUse use) {
        this.parts = parts;
        this.use = use;
    }

    /** Removes the copy of an image that no machine names any more. One that is needed after all is made again. */
    void dropUnused(Resource<?, ImageStatus> image) throws IOException {
        Optional<String> digest = image.status().target().flatMap(ImageStatus.Target::digest);
        if (digest.isPresent()
                && !(parts.volumes().find(digest.get()) instanceof Volume.Absent)
                && !isUsed(Kinds.CLUSTER_IMAGE, digest.get())
                && !isUsed(Kinds.IMAGE, digest.get())) {
            parts.volumes().delete(digest.get());
        }
    }

    private <S extends Record> boolean isUsed(ResourceType<S, ImageStatus> type, String digest) throws IOException {
        List<Resource<S, ImageStatus>> images = parts.resources().list(type);
        for (Resource<S, ImageStatus> image : images) {
            boolean isSame = image.status()
                    .target()
                    .flatMap(ImageStatus.Target::digest)
                    .filter(digest::equals)
                    .isPresent();
            if (isSame && !use.machines(Item.of(image)).isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
