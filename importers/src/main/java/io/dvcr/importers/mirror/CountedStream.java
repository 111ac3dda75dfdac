package io.dvcr.importers.mirror;

import io.dvcr.importers.unpack.BulkInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes are read. */
final class CountedStream extends BulkInputStream {
    private final InputStream in;
    private final LongConsumer counter;

    CountedStream(InputStream in, LongConsumer counter) {
        this.in = in;
        this.counter = counter;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = in.read(target, offset, length);
        counter.accept(Math.max(0, read));
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
