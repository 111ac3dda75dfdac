package io.dvcr.importers.unpack;

import io.dvcr.converters.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A stream that is read on a thread of its own, a few pieces ahead of whoever reads here, so that both work at once. The
 * thread is a virtual one, for it waits for sources, and only there does being interrupted end that. Closing ends the
 * thread, then closes the stream. Used by one thread.
 */
final class ReadAhead extends BulkInputStream {
    private static final int PIECE_BYTES = 256 << 10;
    private static final int PIECES = 4;

    private final InputStream stream;
    private final Budget budget;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("unpack").factory());
    private final Queue<Future<Piece>> ahead = new ArrayDeque<>();
    private Piece piece = new Piece(new byte[PIECE_BYTES], PIECE_BYTES);
    private int position = PIECE_BYTES;
    private boolean streamEnded; // seen by the thread alone

    /** A stretch of the stream; one that is not full is the last. */
    private static final class Piece {
        final byte[] bytes;
        final int length;

        Piece(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        boolean last() {
            return length < bytes.length;
        }
    }

    ReadAhead(InputStream stream, Budget budget) {
        this.stream = stream;
        this.budget = budget;
        for (int i = 1; i < PIECES; i++) {
            request(new byte[PIECE_BYTES]);
        }
    }

    private void request(byte[] bytes) {
        ahead.add(thread.submit(() -> fill(bytes)));
    }

    private Piece fill(byte[] bytes) throws IOException {
        Piece filled = new Piece(bytes, streamEnded ? 0 : readUnlessItFails(bytes));
        streamEnded |= filled.last();
        return filled;
    }

    private int readUnlessItFails(byte[] bytes) throws IOException {
        budget.start();
        try {
            return stream.readNBytes(bytes, 0, bytes.length);
        } catch (IOException | RuntimeException | Error e) {
            streamEnded = true; // what is ahead of whoever reads here does not go on meanwhile
            throw e;
        } finally {
            budget.stop();
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (length > 0 && position == piece.length) {
            if (piece.last()) {
                return -1;
            }
            next();
        }
        int read = Math.min(length, piece.length - position);
        System.arraycopy(piece.bytes, position, target, offset, read);
        position += read;
        return read;
    }

    private void next() throws IOException {
        request(piece.bytes);
        piece = Waiting.on(ahead.remove());
        position = 0;
    }

    @Override
    public void close() throws IOException {
        thread.shutdownNow();
        thread.close();
        stream.close();
    }
}
