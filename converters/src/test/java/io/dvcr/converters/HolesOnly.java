package io.dvcr.converters;

import java.nio.ByteBuffer;

/** Counts the zeros of a disk that is to have nothing else. */
public final class HolesOnly implements DiskSink {
    private long zeros;

    @Override
    public void data(ByteBuffer bytes) {
        throw new AssertionError("data in an empty disk");
    }

    @Override
    public void zeros(long lengthBytes) {
        zeros += lengthBytes;
    }

    public long zeroBytes() {
        return zeros;
    }
}
