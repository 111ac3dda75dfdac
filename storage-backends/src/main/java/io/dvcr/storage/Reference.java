package io.dvcr.storage;

/** What names a manifest within a repository: the {@code <reference>} of the OCI distribution specification. */
public sealed interface Reference {

    /** By its movable name. */
    record ByTag(Tag tag) implements Reference {
        @Override
        public String toString() {
            return tag.value();
        }
    }

    /** By its content. */
    record ByDigest(Digest digest) implements Reference {
        @Override
        public String toString() {
            return digest.toString();
        }
    }

    /**
     * A digest if {@code text} has a colon, which no tag may have; a tag otherwise.
     *
     * @throws RegistryException with {@link RegistryError.DigestInvalid} or {@link RegistryError.TagInvalid} if a
     *     client's {@code text} is malformed
     */
    static Reference parse(String text) {
        return text.indexOf(':') >= 0 ? new ByDigest(Digest.parse(text)) : new ByTag(Tag.parse(text));
    }
}
