package io.dvcr.converters.format;

import java.nio.ByteBuffer;

/** A part of a file that is to be kept while the file streams by. */
final class Window {
    private final long offset;
    private final ByteBuffer kept;

    Window(long offset, int length) {
        this.offset = offset;
        this.kept = ByteBuffer.allocate(length);
    }

    long offset() {
        return offset;
    }

    int length() {
        return kept.capacity();
    }

    boolean isFull() {
        return !kept.hasRemaining();
    }

    /** Takes what it needs of {@code bytes}, which begin at {@code position} in the file and stay as they are. */
    void take(long position, ByteBuffer bytes) {
        long from = offset + kept.position() - position;
        if (from >= 0 && from < bytes.remaining()) {
            int length = Math.min(kept.remaining(), bytes.remaining() - (int) from);
            kept.put(bytes.slice(bytes.position() + (int) from, length));
        }
    }

    /** What was kept. */
    ByteBuffer bytes() {
        return kept.asReadOnlyBuffer().flip();
    }
}
