package io.dvcr.cli.command;

/** As much of a digest as people compare. */
final class ShortDigest {
    private static final int LENGTH = "sha256:".length() + 12;

    private ShortDigest() {}

    static String of(String digest) {
        return digest.substring(0, Math.min(LENGTH, digest.length()));
    }
}
