package io.dvcr.converters.format;

/** What is wrong with a vhd image; the names are those of the Virtual Hard Disk Image Format Specification 1.0. */
public record VhdError(Fault fault, String message) implements ImageError {

    public enum Fault {
        /** A header, the block allocation table or a block lies beyond the end of the file. */
        TRUNCATED,
        CHECKSUM_WRONG,
        VERSION_UNSUPPORTED,
        /** Neither dynamic nor fixed, or where that type cannot be. */
        TYPE_UNSUPPORTED,
        /** The disk is only the difference to another one. */
        PARENT,
        /** What the footer says of the disk's size cannot be. */
        SIZE_INVALID,
        /** The footer at the end is not the one at the beginning. */
        FOOTER_DIFFERS,
        HEADER_INVALID,
        BLOCK_SIZE_INVALID,
        TABLE_SIZE_INVALID,
        /** The block allocation table is where it cannot be. */
        TABLE_MISPLACED,
        /** Two parts of the disk claim the same part of the file. */
        BLOCKS_SHARED
    }

    @Override
    public String code() {
        return "VHD_" + fault;
    }

    static ImageException refuse(Fault fault, String message) {
        return new ImageException(new VhdError(fault, message));
    }
}
