package io.dvcr.converters.disk;

/**
 * How a disk is written. None of it changes what readers see.
 *
 * @param zstdLevel 1 (fast) to 19 (small)
 * @param threads how many hash and compress
 * @param maxPackBytes from 1 MiB to 32 MiB
 */
public record DiskWriterOptions(int zstdLevel, int threads, int maxPackBytes) {
    private static final int MIN_PACK = 1 << 20;
    private static final int MAX_LEVEL = 19;

    public DiskWriterOptions {
        if (zstdLevel < 1 || zstdLevel > MAX_LEVEL) {
            throw new IllegalArgumentException("zstd level " + zstdLevel + ", not 1 to " + MAX_LEVEL);
        }
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
        if (maxPackBytes < MIN_PACK || maxPackBytes > DiskFormat.MAX_PACK) {
            throw new IllegalArgumentException("packs of " + maxPackBytes + " bytes");
        }
    }

    /** Level 2, chosen from the curve in docs/performance.md, a thread a processor, the largest packs. */
    public static DiskWriterOptions defaults() {
        return new DiskWriterOptions(2, Runtime.getRuntime().availableProcessors(), DiskFormat.MAX_PACK);
    }
}
