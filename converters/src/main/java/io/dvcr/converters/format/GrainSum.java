package io.dvcr.converters.format;

import java.security.SecureRandom;

/**
 * A sum over grains, each a number within its table and a place in the file. Two sums of the same key are equal if they
 * are over the same grains, in whatever order; and else only by a chance of 2^-64 that nobody can help, since nobody
 * knows the key.
 */
final class GrainSum {
    private final long key;
    private long sum;

    GrainSum() {
        this.key = new SecureRandom().nextLong();
    }

    /** An empty sum, to be compared with {@code other}. */
    GrainSum(GrainSum other) {
        this.key = other.key;
    }

    void add(long number, long sector) {
        sum += mixed(mixed(key + sector) + number);
    }

    boolean isSameAs(GrainSum other) {
        return key == other.key && sum == other.sum;
    }

    /** The mixing step of SplitMix64. */
    private static long mixed(long value) {
        long mixed = value;
        mixed = (mixed ^ mixed >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
