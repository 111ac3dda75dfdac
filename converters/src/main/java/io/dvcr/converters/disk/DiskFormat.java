package io.dvcr.converters.disk;

/** The numbers of version 1 of the format, section "Limits". Sizes and lengths are in bytes. */
final class DiskFormat {
    static final int BLOCK = 4096;
    static final int MIN_CHUNK = 16 << 10;
    static final int MAX_CHUNK = 256 << 10;
    static final int MAX_PACK = 32 << 20;
    static final int MAX_PACKS = 24 << 10;
    static final int MAX_INDEX = 1 << 30;
    static final long MAX_DISK = 1L << 44;

    private DiskFormat() {}

    /** The blocks that {@code bytes} touch, the last of which may be short. */
    static long blocks(long bytes) {
        return (bytes + BLOCK - 1) / BLOCK;
    }

    /** The longest frame of a chunk: what zstd needs at worst, as its ZSTD_COMPRESSBOUND has it, or little more. */
    static int maxFrame(int chunkLength) {
        return chunkLength + chunkLength / 256 + 64;
    }
}
