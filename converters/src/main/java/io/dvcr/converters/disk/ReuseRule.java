package io.dvcr.converters.disk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Which old packs a disk leaves, section "Reuse": those of which it uses less than a quarter, frames counted in bytes.
 * So packs keep at most four times what a disk needs of them once the disks that brought them are gone, and no disk
 * stores more than a quarter of a pack again to be rid of it.
 */
final class ReuseRule {
    private static final int LEAST_SHARE = 4; // one in so many bytes

    private ReuseRule() {}

    /**
     * The chunks that are to be stored again, in the order of packs and offsets.
     *
     * @param old whether the pack of that number was there before the disk
     */
    static List<Integer> chunksToMove(DiskIndex disk, IntPredicate old) {
        long[] used = new long[disk.packCount()];
        for (int chunk = 0; chunk < disk.chunkCount(); chunk++) {
            used[disk.chunkPack(chunk)] += disk.frameLength(chunk);
        }
        IntPredicate left = pack -> old.test(pack) && used[pack] * LEAST_SHARE < disk.packLength(pack);
        List<Integer> chunks = new ArrayList<>();
        for (int chunk = 0; chunk < disk.chunkCount(); chunk++) {
            if (left.test(disk.chunkPack(chunk))) {
                chunks.add(chunk);
            }
        }
        chunks.sort(Comparator.<Integer>comparingInt(disk::chunkPack).thenComparingInt(disk::frameOffset));
        return chunks;
    }
}
