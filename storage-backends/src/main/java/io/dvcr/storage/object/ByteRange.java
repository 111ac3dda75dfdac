package io.dvcr.storage.object;

/** A stretch of {@code length} bytes from {@code offset} on; both are 0 or more. */
public record ByteRange(long offset, long length) {
    public ByteRange {
        if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("not a range: " + length + " bytes at " + offset);
        }
    }

    /** All of an object of {@code size} bytes. */
    public static ByteRange all(long size) {
        return new ByteRange(0, size);
    }

    /** The offset of the first byte behind the range. */
    public long end() {
        return offset + length;
    }
}
