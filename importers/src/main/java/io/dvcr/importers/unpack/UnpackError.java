package io.dvcr.importers.unpack;

/** Why the disk image file does not come out of its source: always something about what the client named or pushed. */
public record UnpackError(Fault fault, String message) {

    /** Stable names, for programs. */
    public enum Fault {
        /** More comes out than the largest disk may have. */
        SOURCE_TOO_LARGE,
        SOURCE_TOO_SLOW,
        COMPRESSION_TRUNCATED,
        /** What was compressed is not what its maker made: its checksum is wrong, or its structure. */
        COMPRESSION_DAMAGED,
        /** What was compressed has ended, and something else follows. */
        COMPRESSION_TRAILING_BYTES,
        COMPRESSION_MEMORY,
        /** Compressed more often than anybody does who means well. */
        COMPRESSION_NESTED,
        TAR_TRUNCATED,
        TAR_MALFORMED,
        /** The tar has ended, and something else follows. */
        TAR_TRAILING_BYTES,
        TAR_NESTED,
        TAR_NO_DISK,
        TAR_SEVERAL_DISKS,
        TAR_LINK,
        TAR_DEVICE,
        TAR_SPARSE,
        TAR_ENTRY_UNSUPPORTED,
        /** A name that is absolute, or leads up and out. */
        TAR_NAME,
        /** In a containerDisk, what is below {@code disk/} is no file right there. */
        TAR_MISPLACED
    }

    public String code() {
        return fault.name();
    }

    static UnpackException refuse(Fault fault, String message) {
        return new UnpackException(new UnpackError(fault, message));
    }
}
