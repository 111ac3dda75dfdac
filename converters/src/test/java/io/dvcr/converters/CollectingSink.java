package io.dvcr.converters;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Keeps a whole disk. */
public final class CollectingSink implements DiskSink {
    private final ByteArrayOutputStream disk = new ByteArrayOutputStream();
    private long zeros;

    @Override
    public void data(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        disk.writeBytes(copy);
    }

    @Override
    public void zeros(long lengthBytes) {
        zeros += lengthBytes;
        disk.writeBytes(new byte[Math.toIntExact(lengthBytes)]);
    }

    public byte[] bytes() {
        return disk.toByteArray();
    }

    /** How many bytes were told as zeros, not as data. */
    public long zeroBytes() {
        return zeros;
    }
}
