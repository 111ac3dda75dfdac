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
            prefixes = Arrays.copyOf(prefixes, size * 2);
        }
        prefixes[size++] = prefix(digest);
        sorted = false;
    }

    boolean contains(Digest digest) {
        if (!sorted) {
            Arrays.sort(prefixes, 0, size);
            sorted = true;
        }
        return Arrays.binarySearch(prefixes, 0, size, prefix(digest)) >= 0;
    }

    private static long prefix(Digest digest) {
        return Long.parseUnsignedLong(digest.hex().substring(0, 16), 16);
    }
}
