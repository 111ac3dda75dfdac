package io.dvcr.converters.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The missing chunks in the order of packs and offsets, cut into reads. What lies between two chunks is read for nothing
 * where that is little, so that there are not too many reads. Not thread-safe.
 */
final class FetchPlan {
    private static final int MAX_READ = 4 << 20;
    private static final int MAX_GAP = 16 << 10;
    /** Of what a read brings, at most one byte in so many is for nothing. */
    private static final int WASTE = 20;

    private final DiskIndex index;
    private final int[] chunks; // in the order of packs
    private final int[] firstOfPack;
    private int pack = -1;
    private int[] inPack = {}; // in the order of offsets
    private int next;

    FetchPlan(DiskIndex index, MissingChunks missing) {
        this.index = index;
        this.firstOfPack = new int[index.packCount() + 1];
        int count = 0;
        for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
            if (missing.isMissing(chunk)) {
                firstOfPack[index.chunkPack(chunk) + 1]++;
                count++;
            }
        }
        Arrays.parallelPrefix(firstOfPack, Integer::sum);
        this.chunks = new int[count];
        int[] free = firstOfPack.clone();
        for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
            if (missing.isMissing(chunk)) {
                chunks[free[index.chunkPack(chunk)]++] = chunk;
            }
        }
    }

    /** The next read; empty when there is nothing left. */
    Optional<FrameRange> next() {
        while (next == inPack.length) {
            if (++pack >= index.packCount()) {
                return Optional.empty();
            }
            inPack = byOffset(Arrays.copyOfRange(chunks, firstOfPack[pack], firstOfPack[pack + 1]));
            next = 0;
        }
        return Optional.of(new FrameRange(index, take()));
    }

    private List<Integer> take() {
        List<Integer> range = new ArrayList<>();
        int start = index.frameOffset(inPack[next]);
        int end = start;
        int wasted = 0;
        for (; next < inPack.length; next++) {
            int chunk = inPack[next];
            int gap = index.frameOffset(chunk) - end;
            int length = index.frameOffset(chunk) + index.frameLength(chunk) - start;
            boolean tooFar = gap < 0 || gap > MAX_GAP || (long) (wasted + gap) * WASTE > length;
            if (!range.isEmpty() && (tooFar || length > MAX_READ)) {
                break;
            }
            range.add(chunk);
            wasted += gap;
            end = start + length;
        }
        return range;
    }

    private int[] byOffset(int[] unordered) {
        long[] keys = Arrays.stream(unordered)
                .mapToLong(chunk -> (long) index.frameOffset(chunk) << Integer.SIZE | chunk)
                .sorted()
                .toArray();
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }
}
