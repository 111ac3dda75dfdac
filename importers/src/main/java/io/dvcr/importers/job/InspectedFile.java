package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageInspector;
import io.dvcr.importers.unpack.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A disk image file as it passes: every byte is inspected on its way. Not thread-safe. */
final class InspectedFile extends BulkInputStream {
    private final InputStream file;
    private final ImageInspector inspector;

    InspectedFile(InputStream file, ImageInspector inspector) {
        this.file = file;
        this.inspector = inspector;
    }

    /** @throws io.dvcr.converters.format.ImageException if what passes is refused */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = file.read(target, offset, length);
        if (read > 0) {
            inspector.feed(ByteBuffer.wrap(target, offset, read));
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
