package io.dvcr.importers.unpack;

import java.util.Arrays;
import java.util.List;

/**
 * What lies in a bzip2 between two places that look as if a block or the end of a stream began there. One that really
 * does need not end with its piece, since six bytes look like that by chance, or because somebody put them there. Nobody
 * changes its bytes.
 */
final class Bzip2Piece {
    /** What a piece begins as. */
    enum Kind {
        /** At the beginning of all, or what is longer than a block can be. */
        OTHER(0),
        BLOCK(0x3141_5926_5359L),
        STREAM_END(0x1772_4538_5090L);

        final long magic;

        Kind(long magic) {
            this.magic = magic;
        }
    }

    static final int MAGIC_BITS = 48;

    private final Kind kind;
    private final byte[] bytes;
    private final int start;
    private final int end;

    /**
     * @param start the first of its bits in {@code bytes}, 0 to 7
     * @param end behind the last of its bits
     */
    Bzip2Piece(Kind kind, byte[] bytes, int start, int end) {
        this.kind = kind;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
    }

    Kind kind() {
        return kind;
    }

    byte[] bytes() {
        return bytes;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    int bits() {
        return end - start;
    }

    /** Its bytes and zeros behind them. */
    byte[] padded(int zeros) {
        byte[] padded = Arrays.copyOf(bytes, bytes.length + zeros);
        if ((end & 7) != 0) {
            padded[end >>> 3] &= (byte) (0xff00 >>> (end & 7));
        }
        return padded;
    }

    /** The pieces, which lie behind each other, as one: the first byte of one is the last of the one before if they share it. */
    static Bzip2Piece merged(List<Bzip2Piece> pieces) {
        Bzip2Piece first = pieces.getFirst();
        int end = first.start + pieces.stream().mapToInt(Bzip2Piece::bits).sum();
        byte[] merged = new byte[(end + 7) >>> 3];
        int position = first.start;
        for (Bzip2Piece piece : pieces) {
            System.arraycopy(piece.bytes, 0, merged, position >>> 3, piece.bytes.length);
            position += piece.bits();
        }
        return new Bzip2Piece(first.kind, merged, first.start, end);
    }
}
