package io.dvcr.converters.format;

/** What is wrong with a vhdx image; the names are those of [MS-VHDX]. */
public record VhdxError(Fault fault, String message) implements ImageError {

    public enum Fault {
        /** A header, a region or a block lies beyond the end of the file. */
        TRUNCATED,
        /** Neither header is valid, or both claim to be the current one. */
        HEADER_INVALID,
        /** The file was not closed: its log would have to be replayed. */
        LOG_NOT_EMPTY,
        CHECKSUM_WRONG,
        /** The region table, or an entry of it, cannot be. */
        REGIONS_INVALID,
        REGION_UNKNOWN,
        /** The metadata table, or an item in it, cannot be. */
        METADATA_INVALID,
        METADATA_UNKNOWN,
        /** The disk is only the difference to another one. */
        PARENT,
        BLOCK_SIZE_INVALID,
        SECTOR_SIZE_INVALID,
        SIZE_INVALID,
        TABLE_TOO_SMALL,
        /** A block is in a state that none of a complete disk has. */
        BLOCK_STATE_INVALID,
        /** Two parts of the disk, or the disk and its tables, claim the same part of the file. */
        BLOCKS_SHARED
    }

    @Override
    public String code() {
        return "VHDX_" + fault;
    }

    static ImageException refuse(Fault fault, String message) {
        return new ImageException(new VhdxError(fault, message));
    }
}
