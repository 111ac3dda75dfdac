package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.util.Arrays;

/**
 * Very many digests in eight bytes each: the first of their hash. It may so hold, once in ages, a digest that was never
 * added; it never misses one that was. Not thread-safe.
 */
final class DigestSet {
    private long[] prefixes = new long[1024];
    private int size;
    private boolean sorted = true;

    void add(Digest digest) {
        if (size == prefixes.length) {
            makeRoom();
        }
        prefixes[size++] = prefix(digest);
        sorted = false;
    }

    /** What is added again and again, as what many repositories share is, must not take more and more. */
    private void makeRoom() {
        sort();
        int kept = 1;
        for (int i = 1; i < size; i++) {
            if (prefixes[i] != prefixes[kept - 1]) {
                prefixes[kept++] = prefixes[i];
            }
        }
        size = kept;
        if (size > prefixes.length / 2) {
            prefixes = Arrays.copyOf(prefixes, prefixes.length + prefixes.length / 2);
        }
    }

    private void sort() {
        if (!sorted) {
            Arrays.sort(prefixes, 0, size);
            sorted = true;
        }
    }

    boolean contains(Digest digest) {
        sort();
        return Arrays.binarySearch(prefixes, 0, size, prefix(digest)) >= 0;
    }

    /** For how many there is room. */
    int capacity() {
        return prefixes.length;
    }

    private static long prefix(Digest digest) {
        return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
    }
}
