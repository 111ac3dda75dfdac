package io.dvcr.converters.format;

/** What is wrong with a qcow2 image; the names are those of docs/interop/qcow2 in the QEMU sources. */
public sealed interface Qcow2Error extends ImageError {

    /** A header, a table or a cluster that the file should hold lies beyond its end. */
    record Truncated(String what, long neededBytes, long fileBytes) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_TRUNCATED";
        }

        @Override
        public String message() {
            return "the file ends after " + fileBytes + " bytes, but its " + what + " needs "
                    + Long.toUnsignedString(neededBytes) + ": expected a complete file";
        }
    }

    record VersionUnsupported(long version) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_VERSION_UNSUPPORTED";
        }

        @Override
        public String message() {
            return "qcow2 version " + version + ": expected 2 or 3";
        }
    }

    /** The disk is only the difference to another file. */
    record BackingFile(long nameOffset) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_BACKING_FILE";
        }

        @Override
        public String message() {
            return "the image has a backing file (named at byte " + Long.toUnsignedString(nameOffset)
                    + "): expected a self-contained image; flatten it with qemu-img convert";
        }
    }

    /** The disk lies in another file. */
    record DataFile() implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_DATA_FILE";
        }

        @Override
        public String message() {
            return "the image has an external data file: expected a self-contained image";
        }
    }

    record FeatureUnknown(long bits) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_FEATURE_UNKNOWN";
        }

        @Override
        public String message() {
            return "unknown incompatible feature bits 0x" + Long.toHexString(bits) + ": expected only bits 0 and 3";
        }
    }

    /** The program that wrote the image marked it as corrupt. */
    record MarkedCorrupt() implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_MARKED_CORRUPT";
        }

        @Override
        public String message() {
            return "the image is marked as corrupt: repair it with qemu-img check -r all";
        }
    }

    record ExtendedL2Unsupported() implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_EXTENDED_L2_UNSUPPORTED";
        }

        @Override
        public String message() {
            return "the image has extended L2 entries: expected standard ones (extended_l2=off)";
        }
    }

    record CompressionUnsupported(int type) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_COMPRESSION_UNSUPPORTED";
        }

        @Override
        public String message() {
            return "compression type " + type
                    + " does not fit the feature bits: expected 0 (zlib) without bit 3 or 1 (zstd) with it";
        }
    }

    record Encrypted(long method) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_ENCRYPTED";
        }

        @Override
        public String message() {
            return "the image is encrypted (method " + method + "): expected none (0)";
        }
    }

    record ClusterBitsInvalid(long bits) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_CLUSTER_BITS_INVALID";
        }

        @Override
        public String message() {
            return "cluster_bits is " + bits + ": expected 9 to 21";
        }
    }

    record RefcountOrderInvalid(long order) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_REFCOUNT_ORDER_INVALID";
        }

        @Override
        public String message() {
            return "refcount_order is " + order + ": expected 0 to 6";
        }
    }

    record VirtualSizeInvalid(long sizeBytes) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_VIRTUAL_SIZE_INVALID";
        }

        @Override
        public String message() {
            return "the virtual size is " + Long.toUnsignedString(sizeBytes)
                    + " bytes: expected a positive multiple of 512";
        }
    }

    /** The L1 table does not map the whole disk. */
    record L1TooSmall(long entries, long neededEntries) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_L1_TOO_SMALL";
        }

        @Override
        public String message() {
            return "the L1 table has " + entries + " entries: the virtual size needs " + neededEntries;
        }
    }

    record TableTooLarge(String table, long size, long limit) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_TABLE_TOO_LARGE";
        }

        @Override
        public String message() {
            return "the " + table + " has " + size + " bytes or entries: expected 1 to " + limit;
        }
    }

    /** A table begins inside the header, between two clusters or beyond any file. */
    record TableMisplaced(String table, long offset, long clusterBytes) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_TABLE_MISPLACED";
        }

        @Override
        public String message() {
            return "the " + table + " is at byte " + Long.toUnsignedString(offset)
                    + ": expected a positive multiple of the cluster size " + clusterBytes;
        }
    }

    /** An entry of an L2 table that QEMU would call corrupt. */
    record EntryInvalid(long entry, String fault) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_L2_ENTRY_INVALID";
        }

        @Override
        public String message() {
            return "the entry 0x" + Long.toHexString(entry) + " of an L2 table " + fault
                    + ": expected an intact image; check it with qemu-img check";
        }
    }

    /** The compressed form of a cluster is not one of a whole cluster. */
    record ClusterUnreadable(long offset) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_CLUSTER_UNREADABLE";
        }

        @Override
        public String message() {
            return "the compressed cluster at byte " + offset + " does not decompress to a whole cluster: expected an"
                    + " intact image; check it with qemu-img check";
        }
    }

    record HeaderLengthInvalid(long length, long clusterBytes) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_HEADER_LENGTH_INVALID";
        }

        @Override
        public String message() {
            return "header_length is " + length + ": expected a multiple of 8 from 104 to the cluster size "
                    + clusterBytes;
        }
    }

    /** A header extension does not end where extensions must. */
    record HeaderExtensionTooLong(long offset, long end) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_HEADER_EXTENSION_TOO_LONG";
        }

        @Override
        public String message() {
            return "the header extension at byte " + offset + " ends beyond byte " + end + ", the end of the header";
        }
    }

    /** Two parts of the disk claim the same cluster of the file. */
    record ClustersShared(String what) implements Qcow2Error {
        @Override
        public String code() {
            return "QCOW2_CLUSTERS_SHARED";
        }

        @Override
        public String message() {
            return "the image uses " + what + " more than once: expected each once; repair it with qemu-img check";
        }
    }
}
