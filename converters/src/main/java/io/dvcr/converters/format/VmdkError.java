package io.dvcr.converters.format;

/** What is wrong with a vmdk image; the names are those of VMware's Virtual Disk Format 5.0. */
public record VmdkError(Fault fault, String message) implements ImageError {

    public enum Fault {
        /** A header, table or grain that the file should hold lies beyond its end. */
        TRUNCATED,
        VERSION_UNSUPPORTED,
        FLAGS_UNKNOWN,
        /** A transfer as text has changed the line ends, and with them the disk. */
        NEWLINES_CHANGED,
        COMPRESSION_UNSUPPORTED,
        CAPACITY_INVALID,
        GRAIN_SIZE_INVALID,
        TABLE_SIZE_INVALID,
        DESCRIPTOR_INVALID,
        /** The disk is of a createType that is not held by one sparse file. */
        TYPE_UNSUPPORTED,
        /** The disk is only the difference to another one. */
        PARENT,
        /** The disk lies in another file. */
        EXTERNAL_FILE,
        /** The disk has none or several extents, or one that is not the file's. */
        EXTENTS_INVALID,
        FOOTER_INVALID,
        FOOTER_DIFFERS,
        /** A stream whose grains are not in the order of the disk. */
        GRAINS_UNORDERED,
        GRAIN_INVALID,
        MARKER_INVALID,
        /** The tables of a stream say another disk than its grains. */
        TABLES_DIFFER,
        /** Two parts of the disk claim the same part of the file. */
        GRAINS_SHARED
    }

    @Override
    public String code() {
        return "VMDK_" + fault;
    }

    static ImageException refuse(Fault fault, String message) {
        return new ImageException(new VmdkError(fault, message));
    }
}
