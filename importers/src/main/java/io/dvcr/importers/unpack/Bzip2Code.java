package io.dvcr.importers.unpack;

/** A canonical Huffman code of bzip2, with words of 20 bits at most. Immutable. */
final class Bzip2Code {
    static final int MAX_LENGTH = 20;

    /** What {@link #find} has for bits that are no word. */
    static final int NONE = 0;

    private static final int LENGTH_BITS = 5;
    private static final int QUICK_BITS = 10;

    private final int[] quick = new int[1 << QUICK_BITS];
    private final int[] counts = new int[MAX_LENGTH + 1];
    private final int[] firstWords = new int[MAX_LENGTH + 1];
    private final int[] firstPlaces = new int[MAX_LENGTH + 1];
    private final int[] found; // by length, then by symbol

    /**
     * @param lengths of the words, 1 to 20, one a symbol
     * @throws UnpackException if there are no such words
     */
    Bzip2Code(int[] lengths) {
        this.found = new int[lengths.length];
        for (int length : lengths) {
            counts[length]++;
        }
        int word = 0;
        int place = 0;
        for (int length = 1; length <= MAX_LENGTH; length++) {
            word = (word + counts[length - 1]) << 1;
            if (word + counts[length] > 1 << length) {
                throw Compression.BZIP2.damaged();
            }
            firstWords[length] = word;
            firstPlaces[length] = place;
            place = sort(lengths, length, place);
        }
    }

    private int sort(int[] lengths, int length, int firstPlace) {
        int place = firstPlace;
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] == length) {
                found[place] = symbol << LENGTH_BITS | length;
                fillQuick(firstWords[length] + place - firstPlace, length, found[place]);
                place++;
            }
        }
        return place;
    }

    private void fillQuick(int word, int length, int entry) {
        if (length <= QUICK_BITS) {
            int spare = QUICK_BITS - length;
            for (int i = 0; i < 1 << spare; i++) {
                quick[(word << spare) + i] = entry;
            }
        }
    }

    /** What {@code bits}, 20 of them, begin with: for {@link #symbol} and {@link #length}. */
    int find(int bits) {
        int entry = quick[bits >>> (MAX_LENGTH - QUICK_BITS)];
        return entry == NONE ? findLong(bits) : entry;
    }

    private int findLong(int bits) {
        for (int length = QUICK_BITS + 1; length <= MAX_LENGTH; length++) {
            int place = (bits >>> (MAX_LENGTH - length)) - firstWords[length];
            if (place >= 0 && place < counts[length]) {
                return found[firstPlaces[length] + place];
            }
        }
        return NONE;
    }

    static int symbol(int entry) {
        return entry >>> LENGTH_BITS;
    }

    static int length(int entry) {
        return entry & ((1 << LENGTH_BITS) - 1);
    }
}
