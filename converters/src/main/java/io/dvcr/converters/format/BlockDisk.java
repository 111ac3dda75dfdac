package io.dvcr.converters.format;

import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A disk whose blocks lie in its file in any order, or not at all: that of a vmdk, vdi, vhd or vhdx. Thread-safe. */
final class BlockDisk implements RandomAccessDisk {
    private final FileContent file;
    private final long size;
    private final BlockMap map;
    private final BlockReader reader;

    /** @param file stays open when the disk is closed */
    BlockDisk(FileContent file, long size, BlockMap map, BlockReader reader) {
        this.file = file;
        this.size = size;
        this.map = map;
        this.reader = reader;
    }

    @Override
    public long size() {
        return size;
    }

    /** A run goes on into what its table says only if that is there by now. */
    @Override
    public Run runAt(long offset) throws IOException {
        Objects.checkIndex(offset, size);
        long first = offset / map.blockBytes();
        long blocks = (size - 1) / map.blockBytes() + 1;
        boolean data = isPresent(first);
        long end = next(first, data);
        while (end < blocks && map.isKnown(end) && isPresent(end) == data) {
            end = next(end, data);
        }
        long endBytes = end < blocks ? end * map.blockBytes() : size;
        return new Run(offset, endBytes - offset, data);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), size);
        long position = offset;
        while (target.hasRemaining()) {
            long block = position / map.blockBytes();
            int within = (int) (position % map.blockBytes());
            int length = Math.min(target.remaining(), map.blockBytes() - within);
            readWithin(block, within, target.slice(target.position(), length));
            target.position(target.position() + length);
            position += length;
        }
    }

    private void readWithin(long block, int within, ByteBuffer part) throws IOException {
        long place = map.place(block);
        if (place == BlockMap.ABSENT) {
            MemorySegment.ofBuffer(part).fill((byte) 0);
        } else {
            reader.read(file, block, place, within, part);
        }
    }

    private boolean isPresent(long block) throws IOException {
        return map.place(block) != BlockMap.ABSENT;
    }

    private long next(long block, boolean data) throws IOException {
        return data ? block + 1 : map.behindHole(block);
    }

    @Override
    public void close() {
        // the file is whoever opened it
    }
}
