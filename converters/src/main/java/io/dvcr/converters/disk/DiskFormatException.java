package io.dvcr.converters.disk;

import java.io.IOException;

/**
 * A disk that breaks a rule of the disk artifact, which one is in {@link #reason()}. Thrown when reading, it is the
 * fault of who wrote the artifact; thrown when writing, the disk is beyond what the format can hold.
 */
public final class DiskFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    DiskFormatException(Reason reason, String detail) {
        super("disk artifact: " + detail);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    /** The rules of the format, by what breaks them. */
    public enum Reason {
        /** The index ends before its header or its tables do. */
        TRUNCATED,
        /** The index goes on after its tables. */
        TRAILING_BYTES,
        INDEX_TOO_LARGE,
        MAGIC,
        VERSION,
        BLOCK_SIZE,
        RESERVED,
        DISK_SIZE,
        PACK_COUNT,
        PACK_LENGTH,
        /** A chunk names a pack that is not in the table. */
        PACK_UNKNOWN,
        /** Packs are not numbered in the order in which chunks first name them. */
        PACK_ORDER,
        PACK_UNUSED,
        CHUNK_LENGTH,
        FRAME_LENGTH,
        FRAME_BEYOND_PACK,
        /** An extent names a chunk that is not in the table. */
        CHUNK_UNKNOWN,
        /** Chunks are not numbered in the order in which extents first name them. */
        CHUNK_ORDER,
        CHUNK_UNUSED,
        EXTENT_ORDER,
        EXTENT_OVERLAP,
        EXTENT_BEYOND_DISK,
        /** A chunk that is not a multiple of the block size lies elsewhere than at the end of the disk. */
        SHORT_CHUNK,
        /** The manifest is not JSON, or not that of a disk. */
        MANIFEST,
        /** The configuration is not JSON, or lacks or misstates a field. */
        CONFIG,
        /** Manifest, configuration and index each are well formed but contradict each other. */
        MISMATCH
    }
}
