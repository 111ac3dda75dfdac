package io.dvcr.converters.format;

import io.dvcr.converters.format.FileError.FormatUnsupported;
import io.dvcr.converters.format.FileError.VirtualSizeTooLarge;
import io.dvcr.converters.format.Qcow2Error.BackingFile;
import io.dvcr.converters.format.Qcow2Error.ClusterBitsInvalid;
import io.dvcr.converters.format.Qcow2Error.CompressionUnsupported;
import io.dvcr.converters.format.Qcow2Error.DataFile;
import io.dvcr.converters.format.Qcow2Error.Encrypted;
import io.dvcr.converters.format.Qcow2Error.ExtendedL2Unsupported;
import io.dvcr.converters.format.Qcow2Error.FeatureUnknown;
import io.dvcr.converters.format.Qcow2Error.HeaderLengthInvalid;
import io.dvcr.converters.format.Qcow2Error.L1TooSmall;
import io.dvcr.converters.format.Qcow2Error.MarkedCorrupt;
import io.dvcr.converters.format.Qcow2Error.RefcountOrderInvalid;
import io.dvcr.converters.format.Qcow2Error.TableMisplaced;
import io.dvcr.converters.format.Qcow2Error.TableTooLarge;
import io.dvcr.converters.format.Qcow2Error.Truncated;
import io.dvcr.converters.format.Qcow2Error.VersionUnsupported;
import io.dvcr.converters.format.Qcow2Error.VirtualSizeInvalid;
import java.nio.ByteBuffer;

/**
 * The header of a qcow2 image, as in docs/interop/qcow2 of the QEMU sources, section "Header", with the limits of
 * QEMU's block/qcow2.h. Every instance describes a self-contained, unencrypted image with standard L2 entries.
 *
 * <p>A dirty image (incompatible bit 0) is fine: only its reference counts may be stale, and reading needs none.
 * Internal snapshots are fine as well: it is the active state that is read.
 *
 * @param virtualSizeBytes positive, a multiple of 512, within the limit
 * @param zstd whether compressed clusters are zstd frames; if not, they are deflated
 * @param l1Entries at least as many as the virtual size needs
 */
record Qcow2Header(
        int version,
        int clusterBits,
        boolean zstd,
        long virtualSizeBytes,
        int l1Entries,
        long l1Offset,
        long refcountTableOffset,
        int refcountTableClusters,
        int snapshots,
        long snapshotsOffset) {

    private static final int VERSION_2_LENGTH = 72;
    private static final int VERSION_3_LENGTH = 104;
    private static final long MAX_L1_BYTES = 32 << 20;
    private static final long MAX_REFCOUNT_TABLE_BYTES = 8 << 20;
    private static final long MAX_SNAPSHOTS = 65536;

    private static final long DIRTY = 1;
    private static final long CORRUPT = 1 << 1;
    private static final long DATA_FILE = 1 << 2;
    private static final long COMPRESSION_TYPE = 1 << 3;
    private static final long EXTENDED_L2 = 1 << 4;

    /**
     * Reads the header from the first bytes of a file.
     *
     * @param head from the first byte on, up to some limit or to the end of the file
     * @throws ImageException if the header is not one of an image that can be imported
     */
    static Qcow2Header parse(ByteBuffer head, long maxVirtualSizeBytes) {
        Fields fields = new Fields(head);
        int version = version(fields);
        fields.require(version == 2 ? VERSION_2_LENGTH : VERSION_3_LENGTH);
        int clusterBits = clusterBits(fields);
        if (version == 3) {
            checkFeatures(fields);
            checkRefcountOrder(fields.unsigned32(96));
        }
        checkSelfContained(fields);
        Qcow2HeaderExtensions.check(head, headerLength(fields, version, 1L << clusterBits), 1L << clusterBits);
        if (version == 3) {
            checkCompression(fields);
        }
        Qcow2Header header = new Qcow2Header(
                version,
                clusterBits,
                version == 3 && (fields.signed64(72) & COMPRESSION_TYPE) != 0,
                virtualSize(fields, maxVirtualSizeBytes),
                (int) bounded("L1 table", fields.unsigned32(36), 1, MAX_L1_BYTES / Long.BYTES),
                fields.signed64(40),
                fields.signed64(48),
                (int) bounded("refcount table", fields.unsigned32(56), 1, MAX_REFCOUNT_TABLE_BYTES >> clusterBits),
                (int) bounded("snapshot table", fields.unsigned32(60), 0, MAX_SNAPSHOTS),
                fields.signed64(64));
        header.checkTables();
        return header;
    }

    long clusterBytes() {
        return 1L << clusterBits;
    }

    /** How many entries of the L1 table map the virtual disk; further ones map a saved state of the machine. */
    int neededL1Entries() {
        return (int) neededL1Entries(virtualSizeBytes, clusterBits);
    }

    /** @throws ImageException if the file ends before a table that the header names */
    void checkTablesWithin(long fileBytes) {
        checkWithin("L1 table", l1Offset, (long) l1Entries * Long.BYTES, fileBytes);
        checkWithin("refcount table", refcountTableOffset, (long) refcountTableClusters << clusterBits, fileBytes);
        if (snapshots > 0) {
            checkWithin("snapshot table", snapshotsOffset, 1, fileBytes);
        }
    }

    private static void checkWithin(String table, long offset, long length, long fileBytes) {
        if (offset > fileBytes - length) {
            throw new ImageException(new Truncated(table, offset + length, fileBytes));
        }
    }

    private void checkTables() {
        long needed = neededL1Entries(virtualSizeBytes, clusterBits);
        if (l1Entries < needed) {
            throw new ImageException(new L1TooSmall(l1Entries, needed));
        }
        checkPlace("L1 table", l1Offset);
        checkPlace("refcount table", refcountTableOffset);
        if (snapshots > 0) {
            checkPlace("snapshot table", snapshotsOffset);
        }
    }

    private void checkPlace(String table, long offset) {
        if (offset <= 0 || (offset & (clusterBytes() - 1)) != 0) {
            throw new ImageException(new TableMisplaced(table, offset, clusterBytes()));
        }
    }

    private static long neededL1Entries(long virtualSizeBytes, int clusterBits) {
        int bytesPerEntryBits = clusterBits + clusterBits - 3;
        return ((virtualSizeBytes - 1) >> bytesPerEntryBits) + 1;
    }

    private static int version(Fields fields) {
        fields.require(8);
        long version = fields.unsigned32(4);
        if (version == 1) {
            throw new ImageException(new FormatUnsupported("qcow (version 1)"));
        }
        if (version != 2 && version != 3) {
            throw new ImageException(new VersionUnsupported(version));
        }
        return (int) version;
    }

    private static void checkFeatures(Fields fields) {
        long bits = fields.signed64(72);
        if ((bits & CORRUPT) != 0) {
            throw new ImageException(new MarkedCorrupt());
        }
        if ((bits & DATA_FILE) != 0) {
            throw new ImageException(new DataFile());
        }
        if ((bits & EXTENDED_L2) != 0) {
            throw new ImageException(new ExtendedL2Unsupported());
        }
        long unknown = bits & ~(DIRTY | COMPRESSION_TYPE);
        if (unknown != 0) {
            throw new ImageException(new FeatureUnknown(unknown));
        }
    }

    private static void checkCompression(Fields fields) {
        boolean other = (fields.signed64(72) & COMPRESSION_TYPE) != 0;
        int type = fields.unsigned32(100) > 104 ? fields.unsigned8(104) : 0;
        if (type != (other ? 1 : 0)) {
            throw new ImageException(new CompressionUnsupported(type));
        }
    }

    private static void checkSelfContained(Fields fields) {
        if (fields.signed64(8) != 0) {
            throw new ImageException(new BackingFile(fields.signed64(8)));
        }
        if (fields.unsigned32(32) != 0) {
            throw new ImageException(new Encrypted(fields.unsigned32(32)));
        }
    }

    private static int clusterBits(Fields fields) {
        long bits = fields.unsigned32(20);
        if (bits < 9 || bits > 21) {
            throw new ImageException(new ClusterBitsInvalid(bits));
        }
        return (int) bits;
    }

    private static void checkRefcountOrder(long order) {
        if (order > 6) {
            throw new ImageException(new RefcountOrderInvalid(order));
        }
    }

    private static int headerLength(Fields fields, int version, long clusterBytes) {
        if (version == 2) {
            return VERSION_2_LENGTH;
        }
        long length = fields.unsigned32(100);
        if (length < VERSION_3_LENGTH || length > clusterBytes || length % 8 != 0) {
            throw new ImageException(new HeaderLengthInvalid(length, clusterBytes));
        }
        return (int) length;
    }

    private static long virtualSize(Fields fields, long limit) {
        long size = fields.signed64(24);
        if (size == 0 || size % 512 != 0) {
            throw new ImageException(new VirtualSizeInvalid(size));
        }
        if (Long.compareUnsigned(size, limit) > 0) {
            throw new ImageException(new VirtualSizeTooLarge(size, limit));
        }
        return size;
    }

    private static long bounded(String table, long size, long least, long most) {
        if (size < least || size > most) {
            throw new ImageException(new TableTooLarge(table, size, most));
        }
        return size;
    }

    /** Big-endian numbers by their offset in the header. */
    private record Fields(ByteBuffer head) {
        void require(int bytes) {
            if (head.remaining() < bytes) {
                throw new ImageException(new Truncated("header", bytes, head.remaining()));
            }
        }

        int unsigned8(int offset) {
            require(offset + 1);
            return Byte.toUnsignedInt(head.get(head.position() + offset));
        }

        long unsigned32(int offset) {
            return Integer.toUnsignedLong(head.getInt(head.position() + offset));
        }

        long signed64(int offset) {
            return head.getLong(head.position() + offset);
        }
    }
}
