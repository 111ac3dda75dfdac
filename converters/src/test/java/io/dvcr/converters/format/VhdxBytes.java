package io.dvcr.converters.format;

import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/** A small, valid vhdx image of 4 MiB in blocks of 1 MiB: headers, log, metadata, table, block 2. */
final class VhdxBytes {
    static final int MIB = 1 << 20;
    static final long SIZE = 4L << 20;
    static final int HEADER = 64 << 10;
    static final int SECOND_HEADER = 128 << 10;
    static final int REGIONS = 192 << 10;
    static final int LOG = MIB;
    static final int METADATA = 2 * MIB;
    static final int ITEMS = METADATA + (64 << 10);
    static final int TABLE = 3 * MIB;
    static final int DATA = 4 * MIB;

    static final String TABLE_REGION = "2dc27766-f623-4200-9d64-115e9bfd4a08";
    static final String METADATA_REGION = "8b7ca206-4790-4b9a-b8fe-575f050f886e";
    static final String PARENT_LOCATOR = "a8d35f2d-b30b-454d-abf7-d3d84834ab0c";
    private static final String[] ITEM_NAMES = {
        "caa16737-fa36-4d43-b3b6-33f0aa44e76b",
        "2fa54224-cd1b-4876-b211-5dbed83bf4b8",
        "beca12ab-b2e6-4523-93ef-c309e000c746",
        "8141bf1d-a96f-4709-ba47-f233a8faab5f",
        "cda348c7-445d-4471-9cc9-e9885251c556"
    };

    private VhdxBytes() {}

    static ImageBytes image() {
        ImageBytes image = new ImageBytes(DATA + MIB, ByteOrder.LITTLE_ENDIAN, VhdxBytes::seal);
        image.ascii(0, "vhdxfile");
        header(image, HEADER, 7);
        header(image, SECOND_HEADER, 8);
        image.ascii(REGIONS, "regi").int32(REGIONS + 8, 2);
        region(image, 0, TABLE_REGION, TABLE);
        region(image, 1, METADATA_REGION, METADATA);
        image.ascii(METADATA, "metadata").int16(METADATA + 10, ITEM_NAMES.length);
        for (int i = 0; i < ITEM_NAMES.length; i++) {
            item(image, i, ITEM_NAMES[i]);
        }
        image.int32(ITEMS, MIB).int64(ITEMS + 32, SIZE).int32(ITEMS + 96, 512).int32(ITEMS + 128, 4096);
        image.int64(TABLE + 16, DATA | 6);
        return image.fill(DATA, MIB, 7).sealed();
    }

    /** What it holds. */
    static byte[] disk() {
        return new ImageBytes((int) SIZE, ByteOrder.LITTLE_ENDIAN, _ -> {})
                .fill(2 * MIB, MIB, 7)
                .toBytes();
    }

    static ImageBytes region(ImageBytes image, int number, String guid, long offset) {
        int at = REGIONS + 16 + 32 * number;
        return guid(image, at, guid).int64(at + 16, offset).int32(at + 24, MIB).int32(at + 28, 1);
    }

    /** An item of up to 32 bytes. */
    static ImageBytes item(ImageBytes image, int number, String guid) {
        int at = METADATA + 32 + 32 * number;
        return guid(image, at, guid)
                .int32(at + 16, (64 << 10) + 32 * number)
                .int32(at + 20, 8)
                .int32(at + 24, 6);
    }

    private static void header(ImageBytes image, int at, long sequence) {
        image.ascii(at, "head")
                .int64(at + 8, sequence)
                .int64(at + 16, 1)
                .int16(at + 66, 1)
                .int32(at + 68, MIB)
                .int64(at + 72, LOG);
    }

    static ImageBytes guid(ImageBytes image, int at, String guid) {
        UUID uuid = UUID.fromString(guid);
        long high = uuid.getMostSignificantBits();
        return image.int32(at, (int) (high >> 32))
                .int16(at + 4, (int) (high >> 16))
                .int16(at + 6, (int) high)
                .int64(at + 8, Long.reverseBytes(uuid.getLeastSignificantBits()));
    }

    private static void seal(ImageBytes image) {
        checksum(image, HEADER, 4 << 10);
        checksum(image, SECOND_HEADER, 4 << 10);
        checksum(image, REGIONS, 64 << 10);
    }

    private static void checksum(ImageBytes image, int at, int length) {
        if (at + length <= image.length()) {
            CRC32C crc = new CRC32C();
            crc.update(image.int32(at + 4, 0).slice(at, length));
            image.int32(at + 4, (int) crc.getValue());
        }
    }
}
