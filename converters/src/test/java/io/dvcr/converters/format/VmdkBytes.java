package io.dvcr.converters.format;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Small, valid vmdk images of 1 MiB in grains of 64 KiB, of which grain 2 is data. */
final class VmdkBytes {
    static final int SECTOR = 512;
    static final int GRAIN = 128;
    static final int CAPACITY = 2048;
    static final int DESCRIPTOR = SECTOR;
    static final int OVERHEAD = 128;

    /** Where a sparse image has its grain directory and its one grain table. */
    static final int DIRECTORY = 26;

    static final int TABLE = 27;

    /** Where a streamOptimized image has them, behind their markers. */
    static final int STREAM_TABLE = OVERHEAD + 2;

    static final int STREAM_DIRECTORY = STREAM_TABLE + 5;
    static final int FOOTER = STREAM_DIRECTORY + 2;

    private VmdkBytes() {}

    /** Header, descriptor, redundant directory and table, directory, table, one grain. */
    static ImageBytes sparse() {
        ImageBytes image = new ImageBytes((OVERHEAD + GRAIN) * SECTOR, ByteOrder.LITTLE_ENDIAN, _ -> {});
        header(image, 0, 1, 3, 21, DIRECTORY, 0);
        descriptor(image, "monolithicSparse");
        image.int32(21 * SECTOR, 22).int32(22 * SECTOR + 8, OVERHEAD);
        image.int32(DIRECTORY * SECTOR, TABLE).int32(TABLE * SECTOR + 8, OVERHEAD);
        return image.fill(OVERHEAD * SECTOR, GRAIN * SECTOR, 7);
    }

    /** Header, descriptor, one compressed grain, table, directory, footer, each of the last three after a marker. */
    static ImageBytes stream() {
        ImageBytes image = new ImageBytes((FOOTER + 2) * SECTOR, ByteOrder.LITTLE_ENDIAN, _ -> {});
        header(image, 0, 3, 0x30001, 0, -1, 1);
        descriptor(image, "streamOptimized");
        byte[] grain = compressedGrain();
        image.int64(OVERHEAD * SECTOR, 2 * GRAIN).int32(OVERHEAD * SECTOR + 8, grain.length);
        image.put(OVERHEAD * SECTOR + 12, grain);
        marker(image, STREAM_TABLE - 1, 4, 1).int32(STREAM_TABLE * SECTOR + 8, OVERHEAD);
        marker(image, STREAM_DIRECTORY - 1, 1, 2).int32(STREAM_DIRECTORY * SECTOR, STREAM_TABLE);
        marker(image, FOOTER - 1, 1, 3);
        return header(image, FOOTER, 3, 0x30001, 0, STREAM_DIRECTORY, 1);
    }

    /** A stream whose header says where its tables are, as that of one which was not made in order. */
    static ImageBytes tablesFirst() {
        return stream().int64(56, STREAM_DIRECTORY).int64(FOOTER * SECTOR + 56, -1);
    }

    /** What all of them hold. */
    static byte[] disk() {
        return new ImageBytes(CAPACITY * SECTOR, ByteOrder.LITTLE_ENDIAN, _ -> {})
                .fill(2 * GRAIN * SECTOR, GRAIN * SECTOR, 7)
                .toBytes();
    }

    private static ImageBytes header(
            ImageBytes image, int sector, int version, int flags, int redundant, long directory, int compression) {
        int at = sector * SECTOR;
        return image.ascii(at, "KDMV")
                .int32(at + 4, version)
                .int32(at + 8, flags)
                .int64(at + 12, CAPACITY)
                .int64(at + 20, GRAIN)
                .int64(at + 28, 1)
                .int64(at + 36, 20)
                .int32(at + 44, 512)
                .int64(at + 48, redundant)
                .int64(at + 56, directory)
                .int64(at + 64, OVERHEAD)
                .ascii(at + 73, "\n \r\n")
                .int16(at + 77, compression);
    }

    private static void descriptor(ImageBytes image, String type) {
        image.ascii(DESCRIPTOR, """
                # Disk DescriptorFile
                version=1
                CID=7e5b80a7
                parentCID=ffffffff
                createType="%s"

                # Extent description
                RW %d SPARSE "a-disk-with-a-name-that-tests-replace.vmdk"

                # The Disk Data Base
                #DDB
                ddb.virtualHWVersion = "4"
                ddb.adapterType = "ide"
                """.formatted(type, CAPACITY));
    }

    private static ImageBytes marker(ImageBytes image, int sector, int sectors, int type) {
        return image.int64(sector * SECTOR, sectors).int32(sector * SECTOR + 12, type);
    }

    private static byte[] compressedGrain() {
        byte[] grain = new byte[GRAIN * SECTOR];
        Arrays.fill(grain, (byte) 7);
        byte[] target = new byte[SECTOR - 12];
        try (Deflater deflater = new Deflater()) {
            deflater.setInput(grain);
            deflater.finish();
            return Arrays.copyOf(target, deflater.deflate(target));
        }
    }
}
