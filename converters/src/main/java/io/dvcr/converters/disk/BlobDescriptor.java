package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;

/**
 * A blob as a manifest names it; OCI image specification, "Content Descriptors".
 *
 * @param size in bytes
 */
public record BlobDescriptor(String mediaType, Digest digest, long size) {
    public BlobDescriptor {
        if (size < 0) {
            throw new IllegalArgumentException("a blob of " + size + " bytes");
        }
    }
}
