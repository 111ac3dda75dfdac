package io.dvcr.importers.unpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bits of a piece of bzip2, the highest of each byte first. Behind the end of the piece there are zeros to be had, as
 * many as are read before anyone asks {@link #isOver()}. Not thread-safe.
 */
final class Bzip2Bits {
    /** How many bits may be read behind the end before {@link #isOver()} is asked. */
    static final int MOST_BEHIND = 1 << 11;

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int position;

    Bzip2Bits(Bzip2Piece piece) {
        this.bytes = piece.padded(MOST_BEHIND / Byte.SIZE + Long.BYTES);
        this.end = piece.end();
        this.position = piece.start();
    }

    /** The next {@code count} bits, 1 to 48 of them, which stay. */
    long peek(int count) {
        long word = (long) WORDS.get(bytes, position >>> 3);
        return word << (position & 7) >>> (Long.SIZE - count);
    }

    void skip(int count) {
        position += count;
    }

    long take(int count) {
        long taken = peek(count);
        position += count;
        return taken;
    }

    /** As {@link #take}, where only so many are taken between two questions for the end that it has to be asked. */
    int number(int count) throws Bzip2CutException {
        int taken = (int) take(count);
        requireWithin();
        return taken;
    }

    /** In bits, from the first byte of the piece. */
    int position() {
        return position;
    }

    boolean isOver() {
        return position > end;
    }

    /** @throws Bzip2CutException if the piece ends before what was read */
    void requireWithin() throws Bzip2CutException {
        if (isOver()) {
            throw new Bzip2CutException();
        }
    }
}
