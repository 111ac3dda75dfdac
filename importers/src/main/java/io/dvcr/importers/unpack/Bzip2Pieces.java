package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.Bzip2Piece.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a bzip2 wherever 48 of its bits say that a block, or the end of a stream, begins there; these may lie anywhere in
 * a byte. So blocks are found without decoding those before. Not thread-safe.
 */
final class Bzip2Pieces {
    /** No block is longer: 900,001 symbols of 20 bits, 18,002 selectors of 6 and some tables. */
    static final int MAX_BYTES = 5 << 19;

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int FIRST_BYTES = 1 << 14;
    private static final long MAGIC_MASK = (1L << Bzip2Piece.MAGIC_BITS) - 1;

    /** Which bytes can lie in the middle of a magic, however that is shifted. */
    private static final boolean[] IN_MAGIC = bytesInMagic();

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private boolean inputEnded;
    private boolean ended;

    private Kind kind = Kind.OTHER;
    private byte[] piece = new byte[FIRST_BYTES];
    private int length;
    private int start;
    private long window;

    Bzip2Pieces(InputStream in) {
        this.in = in;
    }

    private static boolean[] bytesInMagic() {
        boolean[] in = new boolean[256];
        for (int shift = 0; shift < Byte.SIZE; shift++) {
            in[(int) (Kind.BLOCK.magic >>> (16 - shift)) & 0xff] = true;
            in[(int) (Kind.STREAM_END.magic >>> (16 - shift)) & 0xff] = true;
        }
        return in;
    }

    /** The next piece; empty behind the last. */
    Optional<Bzip2Piece> next() throws IOException {
        while (!ended) {
            if (position == limit) {
                fill();
            }
            while (position < limit) {
                append(buffer[position++]);
                if (IN_MAGIC[(int) (window >>> 16) & 0xff]) {
                    Optional<Bzip2Piece> cut = cutAtMagic();
                    if (cut.isPresent()) {
                        return cut;
                    }
                }
                if (length == MAX_BYTES) {
                    return Optional.of(cut(length * Byte.SIZE, Kind.OTHER));
                }
            }
            if (inputEnded) {
                ended = true;
                return Optional.of(cut(length * Byte.SIZE, Kind.OTHER));
            }
        }
        return Optional.empty();
    }

    private void fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer, 0, buffer.length));
        inputEnded = limit == 0;
    }

    private void append(byte one) {
        if (length == piece.length) {
            piece = Arrays.copyOf(piece, Math.min(MAX_BYTES, 2 * length));
        }
        piece[length++] = one;
        window = window << Byte.SIZE | (one & 0xff);
    }

    private Optional<Bzip2Piece> cutAtMagic() {
        for (int shift = 0; shift < Byte.SIZE; shift++) {
            long bits = window >>> shift & MAGIC_MASK;
            Kind next = bits == Kind.BLOCK.magic ? Kind.BLOCK : Kind.STREAM_END;
            int place = length * Byte.SIZE - shift - Bzip2Piece.MAGIC_BITS;
            if (bits == next.magic && place > start) { // at the start it is the piece's own
                return Optional.of(cut(place, next));
            }
        }
        return Optional.empty();
    }

    /** What there is up to the bit {@code end}; what is behind it begins the next piece, which is of {@code next}. */
    private Bzip2Piece cut(int end, Kind next) {
        Bzip2Piece cut = new Bzip2Piece(kind, Arrays.copyOf(piece, (end + 7) >>> 3), start, end);
        int kept = end >>> 3;
        System.arraycopy(piece, kept, piece, 0, length - kept);
        length -= kept;
        start = end & 7;
        kind = next;
        return cut;
    }
}
