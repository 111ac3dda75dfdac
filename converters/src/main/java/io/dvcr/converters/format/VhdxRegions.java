package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdxError.refuse;

import io.dvcr.converters.format.VhdxError.Fault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What the first megabyte of a vhdx says of the rest: [MS-VHDX] 2.2, "Header Section". The current header and the first
 * region table count, as they do for QEMU.
 *
 * @param all every region of the file, the log included, in ascending order and apart from each other
 */
record VhdxRegions(Region table, Region metadata, List<Region> all) {

    /** Where the headers and the region tables are. */
    static final int OFFSET = 64 << 10;

    static final int BYTES = 256 << 10;
    static final long MEBIBYTE = 1 << 20;

    /** Beyond what any file has, and far from where adding to it overflows. */
    static final long MAX_OFFSET = Long.MAX_VALUE / 2;

    private static final int HEADER_BYTES = 4 << 10;
    private static final int SECOND_HEADER = 64 << 10;
    private static final int TABLE = 128 << 10;
    private static final int TABLE_BYTES = 64 << 10;
    private static final int ENTRY_BYTES = 32;
    private static final long MAX_ENTRIES = 2047;
    private static final int CHECKSUM = 4;
    private static final UUID BLOCK_ALLOCATION_TABLE = UUID.fromString("2dc27766-f623-4200-9d64-115e9bfd4a08");
    private static final UUID METADATA = UUID.fromString("8b7ca206-4790-4b9a-b8fe-575f050f886e");

    /** A part of the file in whole mebibytes, but for an empty log. */
    record Region(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    VhdxRegions {
        all = List.copyOf(all);
    }

    /**
     * Reads the headers and region tables.
     *
     * @param section the bytes from {@link #OFFSET} on, {@link #BYTES} of them
     * @throws ImageException if they are not those of an image that can be imported
     */
    static VhdxRegions parse(ByteBuffer section) {
        Fields fields = Fields.littleEndian(section);
        Region log = log(currentHeader(fields));
        Fields table = Fields.littleEndian(fields.slice(TABLE, TABLE_BYTES));
        if (!table.holds(0, "regi")) {
            throw refuse(Fault.REGIONS_INVALID, "no region table at byte " + (OFFSET + TABLE) + ": expected \"regi\"");
        }
        if (!isChecksumRight(table)) {
            throw refuse(Fault.CHECKSUM_WRONG, "the checksum of the region table is wrong");
        }
        return regions(table, log);
    }

    /** The fields of a GUID before its last 8 bytes are numbers in little-endian order. */
    static UUID guid(Fields fields, int offset) {
        long high = fields.unsigned32(offset) << 32
                | (long) fields.unsigned16(offset + 4) << 16
                | fields.unsigned16(offset + 6);
        return new UUID(high, Long.reverseBytes(fields.signed64(offset + 8)));
    }

    private static Fields currentHeader(Fields section) {
        Fields first = Fields.littleEndian(section.slice(0, HEADER_BYTES));
        Fields second = Fields.littleEndian(section.slice(SECOND_HEADER, HEADER_BYTES));
        boolean firstValid = isHeader(first);
        boolean secondValid = isHeader(second);
        if (!firstValid && !secondValid) {
            throw refuse(Fault.HEADER_INVALID, "no valid header: expected one of version 1 with its checksum");
        }
        if (!firstValid || !secondValid) {
            return firstValid ? first : second;
        }
        int order = Long.compareUnsigned(first.signed64(8), second.signed64(8));
        if (order == 0 && !first.bytes().equals(second.bytes())) {
            throw refuse(Fault.HEADER_INVALID, "two different headers of the same sequence number: expected one newer");
        }
        return order >= 0 ? first : second;
    }

    private static boolean isHeader(Fields header) {
        return header.holds(0, "head") && header.unsigned16(66) == 1 && isChecksumRight(header);
    }

    /** CRC-32C of the whole with zeros in its own place. */
    private static boolean isChecksumRight(Fields fields) {
        ByteBuffer bytes = ByteBuffer.allocate(fields.length()).put(fields.slice(0, fields.length()));
        CRC32C crc = new CRC32C();
        crc.update(bytes.putInt(CHECKSUM, 0).flip());
        return crc.getValue() == fields.unsigned32(CHECKSUM);
    }

    private static Region log(Fields header) {
        if (!header.isZero(48, 16)) {
            throw refuse(
                    Fault.LOG_NOT_EMPTY,
                    "the log has to be replayed: expected an image that was closed; open and close it in Hyper-V");
        }
        Region log = new Region(header.signed64(72), header.unsigned32(68));
        if (log.length() != 0) {
            requirePlace(log);
        }
        return log;
    }

    private static VhdxRegions regions(Fields table, Region log) {
        long count = table.unsigned32(8);
        if (count > MAX_ENTRIES) {
            throw refuse(Fault.REGIONS_INVALID, count + " regions: expected at most " + MAX_ENTRIES);
        }
        List<Region> all = new ArrayList<>(List.of(log));
        Region blockTable = null;
        Region metadata = null;
        for (int i = 0; i < count; i++) {
            int entry = 16 + i * ENTRY_BYTES;
            Region region = new Region(table.signed64(entry + 16), table.unsigned32(entry + 24));
            requirePlace(region);
            all.add(region);
            UUID guid = guid(table, entry);
            if (guid.equals(BLOCK_ALLOCATION_TABLE)) {
                blockTable = requireOnce(blockTable, region);
            } else if (guid.equals(METADATA)) {
                metadata = requireOnce(metadata, region);
            } else if ((table.unsigned32(entry + 28) & 1) != 0) {
                throw refuse(Fault.REGION_UNKNOWN, "a required region is unknown: " + guid);
            }
        }
        if (blockTable == null || metadata == null) {
            throw refuse(Fault.REGIONS_INVALID, "a region is missing: expected metadata and block allocation table");
        }
        return new VhdxRegions(blockTable, metadata, apart(all));
    }

    private static List<Region> apart(List<Region> regions) {
        List<Region> sorted = regions.stream()
                .filter(region -> region.length() > 0)
                .sorted(Comparator.comparingLong(Region::offset))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).offset() < sorted.get(i - 1).end()) {
                throw refuse(
                        Fault.REGIONS_INVALID,
                        "two regions overlap at byte " + sorted.get(i).offset() + ": expected them apart");
            }
        }
        return sorted;
    }

    private static Region requireOnce(@Nullable Region before, Region region) {
        if (before != null) {
            throw refuse(Fault.REGIONS_INVALID, "a region is there twice: expected one table and one metadata region");
        }
        return region;
    }

    private static void requirePlace(Region region) {
        boolean aligned = region.offset() % MEBIBYTE == 0 && region.length() % MEBIBYTE == 0;
        boolean possible = region.offset() >= MEBIBYTE && region.offset() <= MAX_OFFSET && region.length() > 0;
        if (!aligned || !possible) {
            throw refuse(
                    Fault.REGIONS_INVALID,
                    "a region of " + region.length() + " bytes at byte " + Long.toUnsignedString(region.offset())
                            + ": expected whole mebibytes behind the first");
        }
    }
}
