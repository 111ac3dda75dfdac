package io.dvcr.importers.job;

import io.dvcr.converters.disk.UnusablePackException;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.lease.Fence;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes images that reuse what others have stored, and if that turns out to be unusable, makes them anew. Thread-safe. */
final class ReusingDrafts {
    private static final Logger LOG = LoggerFactory.getLogger(ReusingDrafts.class);

    private final ImageStore images;

    ReusingDrafts(ImageStore images) {
        this.images = images;
    }

    /** Makes an image, from the beginning of its source on. */
    @FunctionalInterface
    interface Making<T> {
        T with(ImageDraft draft) throws IOException;
    }

    /** Makes an image without a tag, or one that anybody may give. */
    <T> T make(RepositoryName repository, Optional<ImageReference> base, Making<T> making) throws IOException {
        return make(repository, base, images.unfenced(), making);
    }

    /** @param fence through which the image gets its tag */
    <T> T make(RepositoryName repository, Optional<ImageReference> base, Fence fence, Making<T> making)
            throws IOException {
        try (ImageDraft draft = images.draftOver(repository, base, fence)) {
            return making.with(draft);
        } catch (UnusablePackException e) {
            return makeAnew(repository, fence, making, e);
        } catch (RegistryException e) {
            if (e.error() instanceof ManifestBlobUnknown) {
                return makeAnew(repository, fence, making, e);
            }
            throw e;
        }
    }

    /** Stores everything: something that was to be reused is damaged, or was deleted while the disk was written. */
    private <T> T makeAnew(RepositoryName repository, Fence fence, Making<T> making, Exception cause)
            throws IOException {
        LOG.atWarn()
                .addKeyValue("repository", repository)
                .setCause(cause)
                .log("an image is begun again, to reuse nothing");
        try (ImageDraft draft = images.draft(repository, fence)) {
            return making.with(draft);
        }
    }
}
