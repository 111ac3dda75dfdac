package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.format.FileError.VirtualSizeTooLarge;
import io.dvcr.converters.format.VmdkError.Fault;
import java.nio.ByteBuffer;

/**
 * The header of a hosted sparse extent: Virtual Disk Format 5.0, section "Hosted Sparse Extent Header", with the limits
 * of QEMU's block/vmdk.c. All but {@code capacity} are as in the file; offsets and sizes are in sectors of 512 bytes.
 *
 * @param capacity positive, within the limit
 * @param directory where the grain directory is; {@link #AT_END} if the footer says
 * @param redundantDirectory where its copy is; 0 if there is none
 */
record VmdkHeader(
        int version,
        long flags,
        long capacity,
        long grain,
        long descriptor,
        long descriptorSize,
        long redundantDirectory,
        long directory,
        long overhead) {

    static final int BYTES = 512;
    static final int SECTOR = 512;
    static final long AT_END = -1;
    static final int ENTRIES_PER_TABLE = 512;

    private static final long DETECTS_NEWLINES = 1;
    private static final long HAS_REDUNDANT_TABLES = 1 << 1;
    private static final long HAS_ZERO_GRAINS = 1 << 2;
    private static final long COMPRESSED = 1 << 16;
    private static final long HAS_MARKERS = 1 << 17;
    private static final long KNOWN =
            DETECTS_NEWLINES | HAS_REDUNDANT_TABLES | HAS_ZERO_GRAINS | COMPRESSED | HAS_MARKERS;

    private static final long ZEROED = 1;
    private static final long MIN_GRAIN = 8;
    private static final long MAX_GRAIN = 1 << 15;
    private static final long MAX_COMPRESSED_GRAIN = 1 << 11; // one has to be in memory as a whole
    private static final long MAX_TABLES = 4 << 20;
    private static final int DEFLATE = 1;

    /**
     * Reads the header from the first sector of a file, or the footer.
     *
     * @throws ImageException if it is not one of an image that can be imported
     */
    static VmdkHeader parse(ByteBuffer sector, long maxVirtualSizeBytes) {
        Fields fields = Fields.littleEndian(sector);
        if (fields.length() < BYTES) {
            throw refuse(Fault.TRUNCATED, "the file ends within its header, after " + fields.length() + " bytes");
        }
        checkVersion(fields.unsigned32(4));
        checkFlags(fields.unsigned32(8), fields);
        checkTableSize(fields.unsigned32(44));
        VmdkHeader header = new VmdkHeader(
                (int) fields.unsigned32(4),
                fields.unsigned32(8),
                fields.signed64(12),
                fields.signed64(20),
                fields.signed64(28),
                fields.signed64(36),
                fields.signed64(48),
                fields.signed64(56),
                fields.signed64(64));
        header.checkCompression(fields.unsigned16(77));
        header.checkSizes(maxVirtualSizeBytes);
        return header;
    }

    boolean compressed() {
        return (flags & COMPRESSED) != 0;
    }

    /** Whether an entry of a grain table says where a grain is, and not that there is none or that it is zeros. */
    boolean isGrain(long entry) {
        return entry != 0 && !(entry == ZEROED && (flags & HAS_ZERO_GRAINS) != 0);
    }

    long grainBytes() {
        return grain * SECTOR;
    }

    /** How many grain tables the capacity needs: entries of the grain directory. */
    int tables() {
        return (int) tables(capacity, grain);
    }

    /** @throws ImageException if a grain directory is not within the file */
    void checkWithin(long fileBytes) {
        long bytes = (long) tables() * Integer.BYTES;
        checkWithin("grain directory", directory, bytes, fileBytes);
        if ((flags & HAS_REDUNDANT_TABLES) != 0) {
            checkWithin("redundant grain directory", redundantDirectory, bytes, fileBytes);
        }
        checkWithin("overhead", overhead, 0, fileBytes);
    }

    /** @throws ImageException unless {@code footer} differs only in where it has the grain directories */
    void checkFooter(VmdkHeader footer) {
        VmdkHeader expected = new VmdkHeader(
                version,
                flags,
                capacity,
                grain,
                descriptor,
                descriptorSize,
                footer.redundantDirectory,
                footer.directory,
                overhead);
        if (!footer.equals(expected) || footer.directory == AT_END) {
            throw refuse(Fault.FOOTER_DIFFERS, "the footer differs from the header: expected the same disk in both");
        }
    }

    static void checkWithin(String what, long sector, long bytes, long fileBytes) {
        if (sector < 0 || sector > fileBytes / SECTOR || sector * SECTOR > fileBytes - bytes) {
            throw refuse(
                    Fault.TRUNCATED,
                    "the " + what + " is at sector " + Long.toUnsignedString(sector) + ": expected it within the "
                            + fileBytes + " bytes of the file");
        }
    }

    private static long tables(long capacity, long grain) {
        long sectorsPerTable = grain * ENTRIES_PER_TABLE;
        return (capacity - 1) / sectorsPerTable + 1;
    }

    private static void checkVersion(long version) {
        if (version < 1 || version > 3) {
            throw refuse(Fault.VERSION_UNSUPPORTED, "vmdk version " + version + ": expected 1 to 3");
        }
    }

    private static void checkFlags(long flags, Fields fields) {
        if ((flags & ~KNOWN) != 0) {
            throw refuse(
                    Fault.FLAGS_UNKNOWN,
                    "unknown flags 0x" + Long.toHexString(flags & ~KNOWN) + ": expected only bits 0 to 2, 16 and 17");
        }
        if ((flags & DETECTS_NEWLINES) != 0 && !fields.holds(73, "\n \r\n")) {
            throw refuse(
                    Fault.NEWLINES_CHANGED,
                    "the line ends in the header have changed: the file was transferred as text; transfer it as binary");
        }
    }

    private static void checkTableSize(long entries) {
        if (entries != ENTRIES_PER_TABLE) {
            throw refuse(Fault.TABLE_SIZE_INVALID, "grain tables of " + entries + " entries: expected 512");
        }
    }

    private void checkCompression(int algorithm) {
        if (algorithm != (compressed() ? DEFLATE : 0) || compressed() != ((flags & HAS_MARKERS) != 0)) {
            throw refuse(
                    Fault.COMPRESSION_UNSUPPORTED,
                    "compression algorithm " + algorithm + " with flags 0x" + Long.toHexString(flags)
                            + ": expected 1 (deflate) with bits 16 and 17, or 0 without");
        }
    }

    private void checkSizes(long maxVirtualSizeBytes) {
        if (capacity == 0) {
            throw refuse(Fault.CAPACITY_INVALID, "the disk has no sectors: expected at least 1");
        }
        if (Long.compareUnsigned(capacity, maxVirtualSizeBytes / SECTOR) > 0) {
            boolean countable = capacity > 0 && capacity <= Long.MAX_VALUE / SECTOR;
            throw new ImageException(
                    new VirtualSizeTooLarge(countable ? capacity * SECTOR : Long.MAX_VALUE, maxVirtualSizeBytes));
        }
        long maxGrain = compressed() ? MAX_COMPRESSED_GRAIN : MAX_GRAIN;
        if (grain < MIN_GRAIN || grain > maxGrain || Long.bitCount(grain) != 1) {
            throw refuse(
                    Fault.GRAIN_SIZE_INVALID,
                    "grains of " + Long.toUnsignedString(grain) + " sectors: expected a power of 2 from " + MIN_GRAIN
                            + " to " + maxGrain);
        }
        if (tables(capacity, grain) > MAX_TABLES) {
            throw refuse(
                    Fault.GRAIN_SIZE_INVALID,
                    tables(capacity, grain) + " grain tables: expected at most " + MAX_TABLES + "; use larger grains");
        }
    }
}
