package io.dvcr.converters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;

/** Tells how far a disk has been read by who reads it from its beginning to its end. Thread-safe. */
public final class WatchedDisk implements RandomAccessDisk {
    private final RandomAccessDisk disk;
    private final AtomicLong reached = new AtomicLong();

    /** @param disk closed with this */
    public WatchedDisk(RandomAccessDisk disk) {
        this.disk = disk;
    }

    /** The end of what was read, in bytes. */
    public long reached() {
        return reached.get();
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        long end = offset + target.remaining();
        disk.read(offset, target);
        reached.accumulateAndGet(end, Math::max);
    }

    @Override
    public Run runAt(long offset) throws IOException {
        return disk.runAt(offset);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
