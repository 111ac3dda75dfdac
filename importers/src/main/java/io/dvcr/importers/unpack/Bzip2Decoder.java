package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.Bzip2Piece.Kind;
import java.util.Arrays;

/**
 * Decodes blocks of bzip2: Huffman codes, move-to-front and the transformation of Burrows and Wheeler. What it takes does
 * not depend on what a block says of itself. Blocks that are randomised, which bzip2 has not made since 1999, are taken
 * for damaged. Not thread-safe; may be used again.
 */
final class Bzip2Decoder {
    private static final int MAX_BLOCK = 900_000;
    private static final int FIRST_BLOCK = 1 << 14;
    private static final int MAX_CODES = 6;
    private static final int MAX_SELECTORS = 18_002;
    private static final int GROUP = 50; // symbols that share a code
    private static final int RUN_SYMBOLS = 2;
    private static final int MAX_RUN_BITS = 20;

    /** In the lowest byte what the block has in its last column, above it where the next byte is to be found. */
    private int[] links = new int[FIRST_BLOCK];

    /** By byte, how many there are; then, where the next of them goes. */
    private final int[] places = new int[256];

    private int length;

    /**
     * @throws Bzip2CutException if the block does not end within {@code piece}
     * @throws UnpackException if it is damaged
     */
    Bzip2Block decode(Bzip2Piece piece) throws Bzip2CutException {
        Bzip2Bits bits = new Bzip2Bits(piece);
        try {
            return decode(bits);
        } catch (UnpackException e) {
            bits.requireWithin(); // what seems damaged may be what is behind the end
            throw e;
        }
    }

    private Bzip2Block decode(Bzip2Bits bits) throws Bzip2CutException {
        require(bits.take(Bzip2Piece.MAGIC_BITS) == Kind.BLOCK.magic);
        int checksum = bits.number(32);
        require(bits.number(1) == 0);
        int origin = bits.number(24);
        byte[] alphabet = alphabet(bits);
        int codeCount = bits.number(3);
        require(codeCount >= 2 && codeCount <= MAX_CODES);
        byte[] selectors = selectors(bits, codeCount);
        Bzip2Code[] codes = new Bzip2Code[codeCount];
        for (int i = 0; i < codeCount; i++) {
            codes[i] = code(bits, alphabet.length + RUN_SYMBOLS);
        }
        decodeSymbols(bits, alphabet, selectors, codes);
        require(origin < length);
        return new Bzip2Block(follow(origin), checksum, bits.position());
    }

    /** The bytes that occur at all. */
    private static byte[] alphabet(Bzip2Bits bits) throws Bzip2CutException {
        byte[] alphabet = new byte[256];
        int count = 0;
        int sixteens = bits.number(16);
        for (int i = 0; i < 16; i++) {
            int used = (sixteens << i & 0x8000) == 0 ? 0 : bits.number(16);
            for (int j = 0; j < 16; j++) {
                if ((used << j & 0x8000) != 0) {
                    alphabet[count++] = (byte) (i * 16 + j);
                }
            }
        }
        require(count > 0);
        return Arrays.copyOf(alphabet, count);
    }

    /** Which code each group of symbols has. More of them than there can be groups are passed over, as bzip2 does. */
    private static byte[] selectors(Bzip2Bits bits, int codeCount) throws Bzip2CutException {
        int count = bits.number(15);
        require(count > 0);
        byte[] selectors = new byte[Math.min(count, MAX_SELECTORS)];
        byte[] recent = {0, 1, 2, 3, 4, 5};
        for (int i = 0; i < count; i++) {
            int place = 0;
            while (bits.number(1) == 1) {
                place++;
                require(place < codeCount);
            }
            byte selector = toFront(recent, place);
            if (i < selectors.length) {
                selectors[i] = selector;
            }
        }
        return selectors;
    }

    private static Bzip2Code code(Bzip2Bits bits, int symbols) throws Bzip2CutException {
        int[] lengths = new int[symbols];
        int length = bits.number(5);
        for (int i = 0; i < symbols; i++) {
            while (bits.number(1) == 1) {
                require(length >= 1 && length <= Bzip2Code.MAX_LENGTH);
                length += bits.number(1) == 0 ? 1 : -1;
            }
            require(length >= 1 && length <= Bzip2Code.MAX_LENGTH);
            lengths[i] = length;
        }
        return new Bzip2Code(lengths);
    }

    private void decodeSymbols(Bzip2Bits bits, byte[] alphabet, byte[] selectors, Bzip2Code[] codes)
            throws Bzip2CutException {
        Arrays.fill(places, 0);
        length = 0;
        int last = alphabet.length + 1;
        int run = 0;
        int runBits = 0;
        for (byte selector : selectors) {
            Bzip2Code code = codes[selector];
            for (int i = 0; i < GROUP; i++) {
                int entry = code.find((int) bits.peek(Bzip2Code.MAX_LENGTH));
                require(entry != Bzip2Code.NONE);
                bits.skip(Bzip2Code.length(entry));
                int symbol = Bzip2Code.symbol(entry);
                if (symbol < RUN_SYMBOLS) {
                    run += (symbol + 1) << runBits;
                    runBits++;
                    require(runBits <= MAX_RUN_BITS);
                    continue;
                }
                if (run > 0) {
                    append(alphabet[0], run);
                    run = 0;
                    runBits = 0;
                }
                if (symbol == last) {
                    bits.requireWithin();
                    return;
                }
                append(toFront(alphabet, symbol - 1), 1);
            }
            bits.requireWithin();
        }
        throw Compression.BZIP2.damaged(); // without an end
    }

    private void append(byte value, int count) {
        require(count <= MAX_BLOCK - length);
        if (count > links.length - length) {
            links = Arrays.copyOf(links, Math.clamp(2L * (length + count), FIRST_BLOCK, MAX_BLOCK));
        }
        int one = value & 0xff;
        places[one] += count;
        if (count == 1) {
            links[length++] = one;
            return;
        }
        Arrays.fill(links, length, length + count, one);
        length += count;
    }

    private static byte toFront(byte[] recent, int place) {
        byte value = recent[place];
        if (place < 16) {
            for (int i = place; i > 0; i--) {
                recent[i] = recent[i - 1];
            }
        } else {
            System.arraycopy(recent, 0, recent, 1, place);
        }
        recent[0] = value;
        return value;
    }

    /** The bytes in their order, from {@code origin} on. */
    private byte[] follow(int origin) {
        int place = 0;
        for (int i = 0; i < places.length; i++) {
            int count = places[i];
            places[i] = place;
            place += count;
        }
        for (int i = 0; i < length; i++) {
            links[places[links[i] & 0xff]++] |= i << Byte.SIZE;
        }
        byte[] runs = new byte[length];
        int next = links[origin] >>> Byte.SIZE;
        for (int i = 0; i < runs.length; i++) {
            int link = links[next];
            runs[i] = (byte) link;
            next = link >>> Byte.SIZE;
        }
        return runs;
    }

    private static void require(boolean sound) {
        if (!sound) {
            throw Compression.BZIP2.damaged();
        }
    }
}
