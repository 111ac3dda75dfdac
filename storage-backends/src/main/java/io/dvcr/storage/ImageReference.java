package io.dvcr.storage;

/** Names an image within a registry, such as {@code vms/debian:12} or {@code vms/debian@sha256:…}. */
public record ImageReference(RepositoryName repository, Reference reference) {
    private static final Tag LATEST = new Tag("latest");

    /**
     * Reads {@code name}, {@code name:tag} or {@code name@digest}; a bare name has the tag {@code latest}.
     *
     * @throws RegistryException if a client's {@code text} is malformed
     */
    public static ImageReference parse(String text) {
        int at = text.indexOf('@');
        if (at >= 0) {
            return new ImageReference(
                    RepositoryName.parse(text.substring(0, at)),
                    new Reference.ByDigest(Digest.parse(text.substring(at + 1))));
        }
        int colon = text.lastIndexOf(':');
        return colon < 0
                ? new ImageReference(RepositoryName.parse(text), new Reference.ByTag(LATEST))
                : new ImageReference(
                        RepositoryName.parse(text.substring(0, colon)),
                        new Reference.ByTag(Tag.parse(text.substring(colon + 1))));
    }

    @Override
    public String toString() {
        return switch (reference) {
            case Reference.ByTag(Tag tag) -> repository + ":" + tag;
            case Reference.ByDigest(Digest digest) -> repository + "@" + digest;
        };
    }
}
