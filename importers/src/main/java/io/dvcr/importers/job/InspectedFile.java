package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageInspector;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A disk image file as it passes: every byte is inspected on its way. Not thread-safe. */
final class InspectedFile extends FilterInputStream {
    private final ImageInspector inspector;

    InspectedFile(InputStream file, ImageInspector inspector) {
        super(file);
        this.inspector = inspector;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** @throws io.dvcr.converters.format.ImageException if what passes is refused */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        if (read > 0) {
            inspector.feed(ByteBuffer.wrap(target, offset, read));
        }
        return read;
    }

    /** A skipped byte would not be inspected. */
    @Override
    public long skip(long count) {
        return 0;
    }
}
