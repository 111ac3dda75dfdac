package io.dvcr.importers.unpack;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A sparse file of a tar, with zeros where it has holes. Closing does nothing. Not thread-safe. */
final class SparseContent extends BulkInputStream {
    private final InputStream data;
    private final TarHoles holes;
    private long position;
    private int stretch;

    /** @param data the stretches, one behind the other */
    SparseContent(InputStream data, TarHoles holes) {
        this.data = data;
        this.holes = holes;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (stretch < holes.stretches() && position == holes.end(stretch)) {
            stretch++;
        }
        long start = stretch < holes.stretches() ? holes.start(stretch) : holes.fileSize();
        if (position < start) {
            int zeros = (int) Math.min(length, start - position);
            Arrays.fill(target, offset, offset + zeros, (byte) 0);
            position += zeros;
            return zeros;
        }
        if (position == holes.fileSize()) {
            return length == 0 ? 0 : -1;
        }
        int read = data.read(target, offset, (int) Math.min(length, holes.end(stretch) - position));
        position += Math.max(0, read); // of a tar that is cut off there is never an end to be read
        return read;
    }
}
