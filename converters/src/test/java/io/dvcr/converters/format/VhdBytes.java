package io.dvcr.converters.format;

import java.nio.ByteOrder;

/** Small, valid vhd images of 4 MiB. */
final class VhdBytes {
    static final int SIZE = 4 << 20;
    static final int BLOCK = 2 << 20;
    static final int HEADER = 512;
    static final int TABLE = 1536;

    /** Where the block that is there has its bitmap, and behind it its data. */
    static final int BITMAP = 2048;

    static final int DATA = BITMAP + 512;
    static final int FOOTER = DATA + BLOCK;

    private VhdBytes() {}

    /** Footer, header, block allocation table, block 1, footer. */
    static ImageBytes dynamic() {
        ImageBytes image = new ImageBytes(FOOTER + 512, ByteOrder.BIG_ENDIAN, VhdBytes::seal);
        footer(image, 0, 3, HEADER);
        image.ascii(HEADER, "cxsparse")
                .int64(HEADER + 8, -1)
                .int64(HEADER + 16, TABLE)
                .int32(HEADER + 24, 0x10000)
                .int32(HEADER + 28, 2)
                .int32(HEADER + 32, BLOCK)
                .fill(TABLE, 512, 0xff)
                .int32(TABLE + 4, BITMAP / 512)
                .fill(BITMAP, 512, 0xff)
                .fill(DATA, BLOCK, 7);
        return image.sealed();
    }

    static ImageBytes fixed() {
        ImageBytes image = new ImageBytes(SIZE + 512, ByteOrder.BIG_ENDIAN, VhdBytes::seal);
        return footer(image.fill(BLOCK, BLOCK, 7), SIZE, 2, -1).sealed();
    }

    /** What both images hold. */
    static byte[] disk() {
        return new ImageBytes(SIZE, ByteOrder.BIG_ENDIAN, _ -> {})
                .fill(BLOCK, BLOCK, 7)
                .toBytes();
    }

    private static ImageBytes footer(ImageBytes image, int at, int type, long header) {
        return image.ascii(at, "conectix")
                .int32(at + 8, 2)
                .int32(at + 12, 0x10000)
                .int64(at + 16, header)
                .ascii(at + 28, "vbox")
                .int64(at + 40, SIZE)
                .int64(at + 48, SIZE)
                .int16(at + 56, 120)
                .int8(at + 58, 4)
                .int8(at + 59, 17)
                .int32(at + 60, type);
    }

    /** Sets the checksums, and in a dynamic disk makes the footer at the end that at the beginning. */
    private static void seal(ImageBytes image) {
        if (image.length() >= HEADER + 1024 && image.slice(0, 1)[0] == 'c') {
            checksum(image, 0, 64, 512);
            checksum(image, HEADER, 36, 1024);
            image.put(image.length() - 512, image.slice(0, 512));
        } else {
            checksum(image, image.length() - 512, 64, 512);
        }
    }

    private static void checksum(ImageBytes image, int at, int field, int length) {
        image.int32(at + field, 0);
        int sum = 0;
        for (byte one : image.slice(at, length)) {
            sum += Byte.toUnsignedInt(one);
        }
        image.int32(at + field, ~sum);
    }
}
