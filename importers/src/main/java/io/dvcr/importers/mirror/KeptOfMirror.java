package io.dvcr.importers.mirror;

/** How many blobs and manifests are kept of one mirrored registry, whole or in part, and how many bytes. */
public record KeptOfMirror(long blobs, long bytes) {
    static final KeptOfMirror NOTHING = new KeptOfMirror(0, 0);

    KeptOfMirror and(KeptOfMirror other) {
        return new KeptOfMirror(blobs + other.blobs, bytes + other.bytes);
    }
}
