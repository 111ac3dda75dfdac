package io.dvcr.converters.format;

/** What is wrong with a vdi image; the names are those of VirtualBox's Storage/VDICore.h. */
public record VdiError(Fault fault, String message) implements ImageError {

    public enum Fault {
        /** The header, the block map or a block lies beyond the end of the file. */
        TRUNCATED,
        VERSION_UNSUPPORTED,
        /** Neither dynamic nor fixed. */
        TYPE_UNSUPPORTED,
        /** The disk is only the difference to another one. */
        PARENT,
        SIZE_INVALID,
        BLOCK_SIZE_UNSUPPORTED,
        BLOCK_MAP_TOO_SMALL,
        /** The block map or the data is where it cannot be. */
        MISPLACED,
        /** Two parts of the disk claim the same block of the file. */
        BLOCKS_SHARED
    }

    @Override
    public String code() {
        return "VDI_" + fault;
    }

    static ImageException refuse(Fault fault, String message) {
        return new ImageException(new VdiError(fault, message));
    }
}
