package io.dvcr.importers.unpack;

import java.util.Arrays;

/** What comes out of a block of bzip2, as much at a time as is asked for. Not thread-safe. */
final class Bzip2Runs {
    private static final int RUN = 4;

    private final byte[] runs;
    private int position;
    private byte last;
    private int equal;
    private int repeats; // of the last byte, that are still to come

    Bzip2Runs(byte[] runs) {
        this.runs = runs;
    }

    /**
     * How much was written to {@code target}; 0 at the end.
     *
     * @throws UnpackException if there is nothing behind four equal bytes
     */
    int read(byte[] target, int offset, int length) {
        int end = offset + length;
        int out = repeat(target, offset, end);
        while (out < end && position < runs.length) {
            byte one = runs[position++];
            target[out++] = one;
            equal = one == last ? equal + 1 : 1;
            last = one;
            if (equal == RUN) {
                repeats = repeatsBehind();
                out = repeat(target, out, end);
            }
        }
        return out - offset;
    }

    private int repeatsBehind() {
        if (position == runs.length) {
            throw Compression.BZIP2.damaged();
        }
        equal = 0; // what follows counts anew
        return runs[position++] & 0xff;
    }

    private int repeat(byte[] target, int out, int end) {
        int now = Math.min(repeats, end - out);
        if (now > 0) {
            Arrays.fill(target, out, out + now, last);
            repeats -= now;
        }
        return out + now;
    }
}
