package io.dvcr.converters.face;

import io.dvcr.storage.Digest;
import java.util.Optional;

/**
 * What the layers of a disk's faces are called.
 *
 * @param raw the SHA-256 of {@link FaceLayers#raw}
 * @param archive of {@link FaceLayers#tar}; empty if that was not hashed
 */
public record FaceHashes(Digest raw, Optional<Archive> archive) {

    /**
     * @param layer the SHA-256 of the layer
     * @param content the SHA-256 of the archive as it was before it was compressed
     */
    public record Archive(Digest layer, Digest content) {}
}
