package io.dvcr.importers.mirror;

import java.util.Arrays;

/**
 * A part of a blob that is being fetched, in memory until it is stored. One thread writes it; what it has said to have
 * {@link #arrived} others read. The lock of its blob guards all but the bytes.
 */
final class ArrivingPart {
    private final long start;
    private final byte[] bytes;
    private int arrived;

    ArrivingPart(long start, int length) {
        this.start = start;
        this.bytes = new byte[length];
    }

    long start() {
        return start;
    }

    long end() {
        return start + bytes.length;
    }

    /** For the one who writes it. */
    byte[] bytes() {
        return bytes;
    }

    int arrived() {
        return arrived;
    }

    void arrived(int count) {
        arrived = count;
    }

    /** What has arrived from {@code position} on, up to {@code most} bytes. */
    byte[] from(long position, int most) {
        int offset = (int) (position - start);
        return Arrays.copyOfRange(bytes, offset, Math.min(arrived, offset + most));
    }
}
