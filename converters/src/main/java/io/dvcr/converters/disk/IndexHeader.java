package io.dvcr.converters.disk;

import static io.dvcr.converters.disk.DiskFormat.BLOCK;
import static io.dvcr.converters.disk.DiskFormat.MAX_DISK;
import static io.dvcr.converters.disk.DiskFormat.MAX_INDEX;
import static io.dvcr.converters.disk.DiskFormat.MAX_PACKS;

import io.dvcr.converters.disk.DiskFormatException.Reason;
import java.nio.ByteBuffer;

/** The first bytes of an index, and with them where its tables are. Offsets are within the index blob. */
record IndexHeader(long diskSize, long packCount, long chunkCount, long extentCount) {
    static final int LENGTH = 40;
    static final int PACK_ROW = 36;
    static final int CHUNK_ROW = 48;
    static final int EXTENT_ROW = 8;

    private static final long MAGIC = 0x44_56_43_52_44_49_53_4BL; // "DVCRDISK"
    private static final int VERSION = 1;

    /** The header of {@code index}, in agreement with the index's length. */
    static IndexHeader read(ByteBuffer index) throws DiskFormatException {
        long length = index.remaining();
        require(length >= LENGTH, Reason.TRUNCATED, "the index has " + length + " bytes, its header " + LENGTH);
        require(length <= MAX_INDEX, Reason.INDEX_TOO_LARGE, "the index has " + length + " bytes");
        ByteBuffer in = index.slice();
        require(in.getLong() == MAGIC, Reason.MAGIC, "the index does not begin with DVCRDISK");
        int version = in.getInt();
        require(version == VERSION, Reason.VERSION, "index version " + version + ", only 1 is known");
        int blockSize = in.getInt();
        require(blockSize == BLOCK, Reason.BLOCK_SIZE, "blocks of " + blockSize + " bytes, not " + BLOCK);
        IndexHeader header = new IndexHeader(in.getLong(), unsigned(in), unsigned(in), unsigned(in));
        int reserved = in.getInt();
        require(reserved == 0, Reason.RESERVED, "reserved header field is " + reserved + ", not 0");
        header.check(length);
        return header;
    }

    void write(ByteBuffer out) {
        out.putLong(MAGIC).putInt(VERSION).putInt(BLOCK).putLong(diskSize);
        out.putInt((int) packCount)
                .putInt((int) chunkCount)
                .putInt((int) extentCount)
                .putInt(0);
    }

    /** The bytes of header and tables; exact for counts of 32 bits. */
    long indexLength() {
        return LENGTH + packCount * PACK_ROW + chunkCount * CHUNK_ROW + extentCount * EXTENT_ROW;
    }

    int packAt(int number) {
        return LENGTH + number * PACK_ROW;
    }

    int chunkAt(int number) {
        return packAt((int) packCount) + number * CHUNK_ROW;
    }

    int extentAt(int number) {
        return chunkAt((int) chunkCount) + number * EXTENT_ROW;
    }

    private void check(long length) throws DiskFormatException {
        require(diskSize >= 0 && diskSize <= MAX_DISK, Reason.DISK_SIZE, "disk of " + diskSize + " bytes");
        require(packCount <= MAX_PACKS, Reason.PACK_COUNT, packCount + " packs, at most " + MAX_PACKS);
        long needed = indexLength();
        require(length >= needed, Reason.TRUNCATED, "the index has " + length + " of " + needed + " bytes");
        require(length <= needed, Reason.TRAILING_BYTES, "the index has " + length + " bytes, not " + needed);
    }

    private static long unsigned(ByteBuffer in) {
        return Integer.toUnsignedLong(in.getInt());
    }

    private static void require(boolean rule, Reason reason, String detail) throws DiskFormatException {
        if (!rule) {
            throw new DiskFormatException(reason, detail);
        }
    }
}
