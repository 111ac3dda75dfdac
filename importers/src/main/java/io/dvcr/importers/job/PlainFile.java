package io.dvcr.importers.job;

import io.dvcr.converters.DiskSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A file that is its disk, byte for byte from its beginning, on its way to the disk's sink. Only its end tells whether
 * its last sector is the footer of a VHD and not the disk's, so the last pieces wait for that. It holds 1 MiB.
 */
final class PlainFile {
    private static final int PIECE_BYTES = 256 * 1024;

    /** So many that those but the last, which may be short, hold a footer. */
    private static final int WAITING = 2;

    private final DiskSink sink;
    private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private long passed;

    PlainFile(DiskSink sink) {
        this.sink = sink;
    }

    /** Takes the file to its end; all but its last bytes are with the sink then. */
    void take(byte[] head, InputStream rest) throws IOException {
        waiting.add(ByteBuffer.wrap(head));
        for (ByteBuffer piece = read(rest); piece.hasRemaining(); piece = read(rest)) {
            waiting.add(piece);
            if (waiting.size() > WAITING) {
                pass(Long.MAX_VALUE);
            }
        }
    }

    /** The disk has the first {@code diskBytes} of the file. */
    void finish(long diskBytes) throws IOException {
        while (!waiting.isEmpty()) {
            pass(diskBytes - passed);
        }
    }

    private void pass(long atMost) throws IOException {
        ByteBuffer piece = waiting.remove();
        int length = (int) Math.min(piece.remaining(), atMost);
        if (length > 0) {
            sink.data(piece.slice(piece.position(), length));
        }
        passed += length;
        if (piece.capacity() == PIECE_BYTES) {
            free.add(piece);
        }
    }

    private ByteBuffer read(InputStream rest) throws IOException {
        ByteBuffer piece = free.isEmpty() ? ByteBuffer.allocate(PIECE_BYTES) : free.remove();
        return piece.clear().limit(rest.readNBytes(piece.array(), 0, PIECE_BYTES));
    }
}
