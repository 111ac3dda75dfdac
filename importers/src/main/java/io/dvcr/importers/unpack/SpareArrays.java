package io.dvcr.importers.unpack;

import java.util.ArrayDeque;
import java.util.Deque;

/** Large arrays that are used again instead of becoming garbage that stays for long. Not thread-safe. */
final class SpareArrays {
    private final Deque<byte[]> arrays = new ArrayDeque<>();

    /** One of so many bytes at least, whatever is in it. Those that are too small are given up. */
    byte[] take(int bytes) {
        for (byte[] spare = arrays.poll(); spare != null; spare = arrays.poll()) {
            if (spare.length >= bytes) {
                return spare;
            }
        }
        return new byte[bytes];
    }

    void give(byte[] array) {
        arrays.add(array);
    }
}
