package io.dvcr.importers.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The source, read while the clock of unpacking stands. Its owner closes it. Not thread-safe. */
final class SourceBytes extends FilterInputStream {
    private final Budget budget;

    SourceBytes(InputStream source, Budget budget) {
        super(source);
        this.budget = budget;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Budget.requireNoInterrupt(); // a file does not look
        budget.stop();
        try {
            return in.read(target, offset, length);
        } finally {
            budget.start();
        }
    }

    @Override
    public void close() {
        // whoever opened the source closes it
    }
}
