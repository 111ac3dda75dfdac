package io.dvcr.converters.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The entries of a table of unsigned 32-bit numbers, in ascending order. It takes as much memory as the table. */
final class SortedNumbers {
    private static final int PIECE_BYTES = 64 << 10;

    private final int[] numbers; // with the highest bit changed, so that they sort as if they were unsigned

    private SortedNumbers(int[] numbers) {
        this.numbers = numbers;
    }

    static SortedNumbers of(ImageFile file, long offset, int count, ByteOrder order) throws IOException {
        int[] numbers = new int[count];
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES).order(order);
        for (int i = 0; i < count; i++) {
            if (i % (PIECE_BYTES / Integer.BYTES) == 0) {
                int bytes = (int) Math.min(PIECE_BYTES, (long) (count - i) * Integer.BYTES);
                file.read(offset + (long) i * Integer.BYTES, piece.clear().limit(bytes));
            }
            numbers[i] = piece.getInt() ^ Integer.MIN_VALUE;
        }
        Arrays.sort(numbers);
        return new SortedNumbers(numbers);
    }

    int count() {
        return numbers.length;
    }

    long get(int index) {
        return Integer.toUnsignedLong(numbers[index] ^ Integer.MIN_VALUE);
    }
}
