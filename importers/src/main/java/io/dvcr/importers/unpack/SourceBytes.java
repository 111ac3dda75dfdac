package io.dvcr.importers.unpack;

import java.io.IOException;
import java.io.InputStream;

/** The source, read while the clock of unpacking stands. Its owner closes it. Not thread-safe. */
final class SourceBytes extends BulkInputStream {
    private final InputStream source;
    private final Budget budget;

    SourceBytes(InputStream source, Budget budget) {
        this.source = source;
        this.budget = budget;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Budget.requireNoInterrupt(); // a file does not look
        budget.stop();
        try {
            return source.read(target, offset, length);
        } finally {
            budget.start();
        }
    }
}
