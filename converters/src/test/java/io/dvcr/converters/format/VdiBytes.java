package io.dvcr.converters.format;

import java.nio.ByteOrder;

/** Small, valid vdi images of 4 MiB: header, block map, data. */
final class VdiBytes {
    static final int BLOCK = 1 << 20;
    static final int BLOCKS = 4;
    static final int MAP = 512;
    static final int DATA = 1024;

    private VdiBytes() {}

    /** Of which block 2 is data. */
    static ImageBytes dynamic() {
        return image(1, 1).fill(MAP, BLOCKS * 4, 0xff).int32(MAP + 8, 0).fill(DATA, BLOCK, 7);
    }

    static ImageBytes fixed() {
        ImageBytes image = image(2, BLOCKS).fill(DATA + 2 * BLOCK, BLOCK, 7);
        for (int block = 0; block < BLOCKS; block++) {
            image.int32(MAP + 4 * block, block);
        }
        return image;
    }

    /** What both images hold. */
    static byte[] disk() {
        return new ImageBytes(BLOCKS * BLOCK, ByteOrder.LITTLE_ENDIAN, _ -> {})
                .fill(2 * BLOCK, BLOCK, 7)
                .toBytes();
    }

    private static ImageBytes image(int type, int blocksInFile) {
        return new ImageBytes(DATA + blocksInFile * BLOCK, ByteOrder.LITTLE_ENDIAN, _ -> {})
                .ascii(0, "<<< Oracle VM VirtualBox Disk Image >>>\n")
                .int32(64, 0xbeda107f)
                .int32(68, 0x00010001)
                .int32(72, 0x190)
                .int32(76, type)
                .int32(340, MAP)
                .int32(344, DATA)
                .int32(360, 512)
                .int64(368, (long) BLOCKS * BLOCK)
                .int32(376, BLOCK)
                .int32(384, BLOCKS)
                .int32(388, blocksInFile)
                .int64(392, 0x123456789abcdefL)
                .int64(408, 0x123456789abcdefL);
    }
}
