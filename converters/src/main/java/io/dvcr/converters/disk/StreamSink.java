package io.dvcr.converters.disk;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.ZeroOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Writes a disk to a stream, zeros and all. */
record StreamSink(OutputStream out) implements DiskSink {
    /** Not to be written to. */
    static final byte[] ZEROS = new byte[64 << 10];

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        if (bytes.hasArray()) {
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
        } else {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            out.write(copy);
        }
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        if (out instanceof ZeroOutput sparing) {
            sparing.writeZeros(lengthBytes);
            return;
        }
        for (long left = lengthBytes; left > 0; ) {
            int part = (int) Math.min(left, ZEROS.length);
            out.write(ZEROS, 0, part);
            left -= part;
        }
    }
}
