package io.dvcr.converters.format;

import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Objects;

/**
 * Which blocks of a disk are in its file, as the inspection found. For a format of which QEMU does not tell it: it would
 * have every hole read as zeros.
 */
public final class BlockAllocation {
    private final long blockBytes;
    private final BitSet blocks;

    /** @param blocks stays as it is from now on */
    BlockAllocation(long blockBytes, BitSet blocks) {
        this.blockBytes = blockBytes;
        this.blocks = blocks;
    }

    /** {@code disk}, whose runs are these blocks. */
    public RandomAccessDisk over(RandomAccessDisk disk) {
        return new AllocatedDisk(disk);
    }

    private long nextChange(int block, boolean present) {
        int next = present ? blocks.nextClearBit(block) : blocks.nextSetBit(block);
        return next < 0 ? Long.MAX_VALUE : next * blockBytes;
    }

    private final class AllocatedDisk implements RandomAccessDisk {
        private final RandomAccessDisk disk;

        AllocatedDisk(RandomAccessDisk disk) {
            this.disk = disk;
        }

        @Override
        public long size() {
            return disk.size();
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            disk.read(offset, target);
        }

        @Override
        public Run runAt(long offset) {
            Objects.checkIndex(offset, size());
            int block = (int) (offset / blockBytes);
            boolean present = blocks.get(block);
            return new Run(offset, Math.min(size(), nextChange(block, present)) - offset, present);
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }
}
