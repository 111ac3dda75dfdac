package io.dvcr.converters.format;

import static io.dvcr.converters.format.VhdxError.refuse;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.format.VhdxError.Fault;
import io.dvcr.converters.format.VhdxRegions.Region;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The block allocation table of a vhdx: [MS-VHDX] 2.5. Thread-safe. */
record VhdxMap(FileNumbers numbers, Region table, VhdxMetadata metadata) implements BlockMap {
    private static final int STATE = 7;
    private static final int PARTIALLY_PRESENT = 7;
    private static final int FULLY_PRESENT = 6;
    private static final int LAST_STATE_OF_ABSENCE = 3;
    private static final int OFFSET_BITS = 20; // what is before the offset, which counts mebibytes

    /** The disk in {@code file}, of which nothing may have been read before. */
    static RandomAccessDisk open(FileContent file, long maxVirtualSizeBytes) throws IOException {
        VhdxRegions regions = VhdxRegions.parse(read(file, VhdxRegions.OFFSET, VhdxRegions.BYTES));
        Region items = regions.metadata();
        int length = (int) Math.min(VhdxMetadata.MAX_BYTES, items.length());
        VhdxMetadata metadata = VhdxMetadata.parse(read(file, items.offset(), length), maxVirtualSizeBytes);
        VhdxMap map = new VhdxMap(new FileNumbers(file, ByteOrder.LITTLE_ENDIAN), regions.table(), metadata);
        return new BlockDisk(file, metadata.virtualSizeBytes(), map, BlockReader.AS_IS);
    }

    private static ByteBuffer read(FileContent file, long offset, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes);
        BlockReader.readFully(file, offset, target);
        return target.flip();
    }

    /** Where the block begins that {@code entry} is about; {@link BlockMap#ABSENT} if it reads as zeros. */
    static long placeOf(long entry) {
        int state = (int) (entry & STATE);
        if (state == PARTIALLY_PRESENT) {
            throw refuse(Fault.PARENT, "a block is partially present, as in a differencing disk: expected all of it");
        }
        if (state != FULLY_PRESENT) {
            if (state > LAST_STATE_OF_ABSENCE) {
                throw refuse(Fault.BLOCK_STATE_INVALID, "a block is in state " + state + ": expected 0 to 3, or 6");
            }
            return ABSENT;
        }
        long mebibytes = entry >>> OFFSET_BITS;
        if (mebibytes > VhdxRegions.MAX_OFFSET / VhdxRegions.MEBIBYTE) {
            throw refuse(Fault.TRUNCATED, "a block is at mebibyte " + mebibytes + ": expected it within the file");
        }
        return mebibytes * VhdxRegions.MEBIBYTE;
    }

    @Override
    public int blockBytes() {
        return (int) metadata.blockBytes();
    }

    @Override
    public long place(long block) throws IOException {
        return placeOf(numbers.signed64(address(block)));
    }

    @Override
    public boolean isKnown(long block) throws IOException {
        return numbers.hasArrived(address(block));
    }

    /** Behind each chunk stands where its sector bitmap is, which only a difference has. */
    private long address(long block) {
        return table.offset() + (block + block / metadata.chunkRatio()) * Long.BYTES;
    }
}
