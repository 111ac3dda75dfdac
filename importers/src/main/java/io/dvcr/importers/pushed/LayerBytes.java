package io.dvcr.importers.pushed;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.function.LongConsumer;

/**
 * The bytes of a layer on their way to whoever takes them apart. Remembers whether reading them failed, for that is the
 * store's fault, and all else is the fault of what was pushed. Stops when its thread is interrupted. Not thread-safe.
 */
final class LayerBytes extends FilterInputStream {
    private static final int NOT_PEEKED = -2;

    private final LongConsumer passed;
    private int peeked = NOT_PEEKED;
    private boolean failed;

    /** @param passed is told how many bytes were read, each time some were */
    LayerBytes(InputStream layer, LongConsumer passed) {
        super(layer);
        this.passed = passed;
    }

    /** Whether the layer itself could not be read. */
    boolean hasFailed() {
        return failed;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (peeked == NOT_PEEKED) {
            return readThrough(target, offset, length);
        }
        int next = peeked;
        peeked = NOT_PEEKED;
        if (next < 0) {
            return -1;
        }
        target[offset] = (byte) next;
        // and more: who asks how much is available before each read would else get a byte at a time
        int more = length == 1 ? 0 : readThrough(target, offset + 1, length - 1);
        return 1 + Math.max(0, more);
    }

    private int readThrough(byte[] target, int offset, int length) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            failed = true;
            throw new InterruptedIOException("interrupted while reading a layer");
        }
        try {
            int read = in.read(target, offset, length);
            if (read > 0) {
                passed.accept(read);
            }
            return read;
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    /** 0 at the end and nowhere else: from this {@link java.util.zip.GZIPInputStream} knows that another member follows. */
    @Override
    public int available() throws IOException {
        if (peeked == NOT_PEEKED) {
            peeked = read();
        }
        return peeked < 0 ? 0 : 1;
    }

    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.min(count, 8192)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
