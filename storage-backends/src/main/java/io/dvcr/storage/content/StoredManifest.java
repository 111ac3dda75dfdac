package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import java.util.Optional;

/** A manifest byte for byte as it was pushed, and the media type it was pushed with. Its bytes must not be changed. */
public final class StoredManifest {
    private final Digest digest;
    private final String mediaType;
    private final byte[] content;

    public StoredManifest(Digest digest, String mediaType, byte[] content) {
        this.digest = digest;
        this.mediaType = mediaType;
        this.content = content;
    }

    public Digest digest() {
        return digest;
    }

    public String mediaType() {
        return mediaType;
    }

    public byte[] content() {
        return content;
    }

    /** @throws io.dvcr.storage.RegistryException with {@code ManifestInvalid} if it is malformed */
    public Manifest parsed() {
        return Manifest.parse(mediaType, content);
    }

    /** Empty if it is damaged: it was sound when it was pushed. */
    Optional<Manifest> parsedIfSound() {
        try {
            return Optional.of(parsed());
        } catch (RegistryException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return mediaType + " " + digest;
    }
}
