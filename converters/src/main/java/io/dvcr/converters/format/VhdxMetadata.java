package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdxError.refuse;

import io.dvcr.converters.format.FileError.VirtualSizeTooLarge;
import io.dvcr.converters.format.VhdxError.Fault;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What kind of disk a vhdx holds: [MS-VHDX] 2.6, "Metadata Region".
 *
 * @param sectorBytes the logical sector: 512 or 4096
 */
record VhdxMetadata(long virtualSizeBytes, long blockBytes, int sectorBytes) {

    /** How much of the region is read: the table has 64 KiB, and the known items take some hundred bytes. */
    static final int MAX_BYTES = 1 << 20;

    private static final int TABLE_BYTES = 64 << 10;
    private static final int ENTRY_BYTES = 32;
    private static final int MAX_ENTRIES = 2047;
    private static final int REQUIRED = 1 << 2;
    private static final int HAS_PARENT = 1 << 1;
    private static final long MAX_BYTES_OF_DISK = 64L << 40;
    private static final long MIN_BLOCK = 1 << 20;
    private static final long MAX_BLOCK = 256 << 20;

    private enum Item {
        FILE_PARAMETERS("caa16737-fa36-4d43-b3b6-33f0aa44e76b", 8),
        VIRTUAL_DISK_SIZE("2fa54224-cd1b-4876-b211-5dbed83bf4b8", 8),
        VIRTUAL_DISK_ID("beca12ab-b2e6-4523-93ef-c309e000c746", 16),
        LOGICAL_SECTOR_SIZE("8141bf1d-a96f-4709-ba47-f233a8faab5f", 4),
        PHYSICAL_SECTOR_SIZE("cda348c7-445d-4471-9cc9-e9885251c556", 4),
        PARENT_LOCATOR("a8d35f2d-b30b-454d-abf7-d3d84834ab0c", 0);

        private final UUID guid;
        private final int bytes;

        Item(String guid, int bytes) {
            this.guid = UUID.fromString(guid);
            this.bytes = bytes;
        }

        static Optional<Item> of(UUID guid) {
            for (Item item : values()) {
                if (item.guid.equals(guid)) {
                    return Optional.of(item);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * Reads the table and the items.
     *
     * @param region the beginning of the metadata region
     * @throws ImageException if they are not those of a disk that can be imported
     */
    static VhdxMetadata parse(ByteBuffer region, long maxVirtualSizeBytes) {
        Fields fields = Fields.littleEndian(region);
        if (fields.length() < TABLE_BYTES || !fields.holds(0, "metadata")) {
            throw refuse(Fault.METADATA_INVALID, "no metadata table: expected \"metadata\"");
        }
        Map<Item, Integer> items = items(fields);
        long parameters = fields.unsigned32(at(items, Item.FILE_PARAMETERS) + 4);
        if (items.containsKey(Item.PARENT_LOCATOR) || (parameters & HAS_PARENT) != 0) {
            throw refuse(Fault.PARENT, "a differencing disk: expected a self-contained image; merge it");
        }
        at(items, Item.VIRTUAL_DISK_ID);
        at(items, Item.PHYSICAL_SECTOR_SIZE);
        int sector = sectorBytes(fields.unsigned32(at(items, Item.LOGICAL_SECTOR_SIZE)));
        return new VhdxMetadata(
                virtualSize(fields.signed64(at(items, Item.VIRTUAL_DISK_SIZE)), sector, maxVirtualSizeBytes),
                blockBytes(fields.unsigned32(at(items, Item.FILE_PARAMETERS))),
                sector);
    }

    /** How many blocks of the disk stand in the table before each entry for a sector bitmap. */
    long chunkRatio() {
        return (1L << 23) * sectorBytes / blockBytes;
    }

    long blocks() {
        return (virtualSizeBytes - 1) / blockBytes + 1;
    }

    private static Map<Item, Integer> items(Fields fields) {
        int count = fields.unsigned16(10);
        if (count > MAX_ENTRIES) {
            throw refuse(Fault.METADATA_INVALID, count + " metadata items: expected at most " + MAX_ENTRIES);
        }
        Map<Item, Integer> items = new EnumMap<>(Item.class);
        for (int entry = ENTRY_BYTES; entry <= count * ENTRY_BYTES; entry += ENTRY_BYTES) {
            UUID guid = VhdxRegions.guid(fields, entry);
            Optional<Item> item = Item.of(guid);
            if (item.isEmpty() && (fields.unsigned32(entry + 24) & REQUIRED) != 0) {
                throw refuse(Fault.METADATA_UNKNOWN, "a required metadata item is unknown: " + guid);
            }
            if (item.isPresent() && items.put(item.get(), place(fields, entry, item.get())) != null) {
                throw refuse(Fault.METADATA_INVALID, "a metadata item is there twice: " + guid);
            }
        }
        return items;
    }

    private static int place(Fields fields, int entry, Item item) {
        long offset = fields.unsigned32(entry + 16);
        if (offset < TABLE_BYTES || offset > fields.length() - item.bytes) {
            throw refuse(
                    Fault.METADATA_INVALID,
                    "a metadata item is at byte " + offset + " of its region: expected " + TABLE_BYTES + " to "
                            + (fields.length() - item.bytes));
        }
        return (int) offset;
    }

    private static int at(Map<Item, Integer> items, Item item) {
        Integer offset = items.get(item);
        if (offset == null) {
            throw refuse(Fault.METADATA_INVALID, "the metadata item " + item.guid + " is missing");
        }
        return offset;
    }

    private static int sectorBytes(long bytes) {
        if (bytes != 512 && bytes != 4096) {
            throw refuse(Fault.SECTOR_SIZE_INVALID, "logical sectors of " + bytes + " bytes: expected 512 or 4096");
        }
        return (int) bytes;
    }

    private static long blockBytes(long bytes) {
        if (bytes < MIN_BLOCK || bytes > MAX_BLOCK || Long.bitCount(bytes) != 1) {
            throw refuse(
                    Fault.BLOCK_SIZE_INVALID,
                    "blocks of " + bytes + " bytes: expected a power of 2 from " + MIN_BLOCK + " to " + MAX_BLOCK);
        }
        return bytes;
    }

    private static long virtualSize(long bytes, int sector, long limit) {
        if (Long.compareUnsigned(bytes, limit) > 0) {
            throw new ImageException(new VirtualSizeTooLarge(bytes, limit));
        }
        if (bytes <= 0 || bytes > MAX_BYTES_OF_DISK || bytes % sector != 0) {
            throw refuse(
                    Fault.SIZE_INVALID,
                    "a disk of " + bytes + " bytes: expected a positive multiple of " + sector + " up to "
                            + MAX_BYTES_OF_DISK);
        }
        return bytes;
    }
}
