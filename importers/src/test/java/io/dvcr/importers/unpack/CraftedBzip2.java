package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.Bzip2Piece.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** A bzip2 whose symbols are given, each below 254 in a word of eight bits that is the same number. */
final class CraftedBzip2 {
    private static final int SYMBOLS = 258;
    private static final int SHORT_WORDS = 254;
    private static final int END = 0x1ff; // the last of the four words of nine bits
    private static final int GROUP = 50;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int bits;
    private int pending;

    private CraftedBzip2() {}

    /** A stream with a block of each of {@code blocks}. */
    static byte[] of(int[]... blocks) {
        CraftedBzip2 out = new CraftedBzip2();
        out.put('B', 8);
        out.put('Z', 8);
        out.put('h', 8);
        out.put('9', 8);
        int checksum = 0;
        for (int[] symbols : blocks) {
            int one = checksum(symbols);
            out.block(symbols, one);
            checksum = Integer.rotateLeft(checksum, 1) ^ one;
        }
        out.put(Kind.STREAM_END.magic, 48);
        out.put(checksum, 32);
        out.put(0, -out.bits & 7);
        return out.bytes.toByteArray();
    }

    /** Of what a block of {@code symbols} holds, which it takes to be decoded to be known. */
    private static int checksum(int[] symbols) {
        CraftedBzip2 alone = new CraftedBzip2();
        alone.block(symbols, 0);
        alone.put(0, -alone.bits & 7);
        byte[] piece = alone.bytes.toByteArray();
        try {
            byte[] runs = new Bzip2Decoder()
                    .decode(new Bzip2Piece(Kind.BLOCK, piece, 0, piece.length * 8))
                    .runs();
            byte[] content = new byte[300 * runs.length];
            Bzip2Checksum checksum = new Bzip2Checksum();
            checksum.update(content, 0, new Bzip2Runs(runs).read(content, 0, content.length));
            return checksum.value();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void block(int[] symbols, int checksum) {
        put(Kind.BLOCK.magic, 48);
        put(checksum, 32);
        put(0, 1 + 24);
        for (int i = 0; i < 17; i++) {
            put(0xffff, 16); // all bytes are used
        }
        put(2, 3);
        int groups = (symbols.length + 1 + GROUP - 1) / GROUP;
        put(groups, 15);
        put(0, groups);
        code();
        code();
        Arrays.stream(symbols).forEach(symbol -> put(symbol, 8));
        put(END, 9);
    }

    private void code() {
        put(8, 5);
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            if (symbol == SHORT_WORDS) {
                put(0b10, 2);
            }
            put(0, 1);
        }
    }

    private void put(long value, int count) {
        for (int i = count - 1; i >= 0; i--) {
            pending = pending << 1 | (int) (value >>> i & 1);
            bits++;
            if ((bits & 7) == 0) {
                bytes.write(pending);
            }
        }
    }
}
