package io.dvcr.converters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;

/** A disk in memory whose runs are told by blocks of 4 KiB. It can be made to fail, and to be slow. */
public final class MemoryDisk implements RandomAccessDisk {
    private static final int BLOCK = 4096;

    private final byte[] bytes;
    private volatile boolean broken;
    private volatile long delayMillis;
    private volatile Runnable onRead = () -> {};

    public MemoryDisk(byte[] bytes) {
        this.bytes = bytes;
    }

    /** About half of the disk is holes. */
    public static MemoryDisk random(int size, long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[size];
        int offset = 0;
        while (offset < size) {
            int end = Math.min(size, offset + 1 + random.nextInt(40 * BLOCK));
            if (random.nextBoolean()) {
                byte[] data = new byte[end - offset];
                random.nextBytes(data);
                System.arraycopy(data, 0, bytes, offset, data.length);
            }
            offset = end;
        }
        return new MemoryDisk(bytes);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    public void breakDown() {
        broken = true;
    }

    public void takeAtLeast(long millis) {
        delayMillis = millis;
    }

    /** Has {@code action} done at the begin of every read. */
    public void onRead(Runnable action) {
        onRead = action;
    }

    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, (long) target.remaining(), size());
        if (broken) {
            throw new IOException("the disk is broken");
        }
        onRead.run();
        try {
            Thread.sleep(delayMillis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        target.put(bytes, (int) offset, target.remaining());
    }

    @Override
    public Run runAt(long offset) {
        Objects.checkIndex(offset, size());
        boolean data = dataAt(offset);
        long end = offset;
        while (end < size() && dataAt(end) == data) {
            end = Math.min(size(), (end / BLOCK + 1) * BLOCK);
        }
        return new Run(offset, end - offset, data);
    }

    @Override
    public void close() {
        breakDown();
    }

    private boolean dataAt(long offset) {
        int start = (int) (offset / BLOCK * BLOCK);
        byte[] zeros = new byte[BLOCK];
        int end = Math.min(bytes.length, start + BLOCK);
        return Arrays.mismatch(bytes, start, end, zeros, 0, end - start) >= 0;
    }
}
