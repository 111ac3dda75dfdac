package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Neighbouring extents whose chunks, each counted once, fit in memory together, so that they can be read in the order of
 * the packs and used in the order of the disk.
 *
 * @param chunks in the order of packs and offsets
 */
record ChunkWindow(DiskIndex index, int firstExtent, int endExtent, List<Integer> chunks) {
    private static final int MAX_BYTES = 4 << 20;
    /** What is read for nothing rather than ask once more. */
    private static final int MAX_GAP = 64 << 10;

    ChunkWindow {
        chunks = List.copyOf(chunks);
    }

    /** The longest window that begins with {@code firstExtent} and goes no further than {@code endExtent}. */
    static ChunkWindow starting(DiskIndex index, int firstExtent, int endExtent) {
        Set<Integer> chunks = new HashSet<>();
        int bytes = 0;
        int extent = firstExtent;
        for (; extent < endExtent; extent++) {
            int chunk = index.extentChunk(extent);
            if (chunks.add(chunk)) {
                bytes += index.chunkLength(chunk);
            }
            if (bytes > MAX_BYTES) {
                chunks.remove(chunk);
                break;
            }
        }
        Comparator<Integer> placed =
                Comparator.<Integer>comparingInt(index::chunkPack).thenComparingInt(index::frameOffset);
        return new ChunkWindow(
                index, firstExtent, extent, chunks.stream().sorted(placed).toList());
    }

    /** The content of the chunks by number, fetched in as few reads as packs and gaps allow. */
    Map<Integer, byte[]> fetch(PackSource packs) throws IOException {
        Map<Integer, byte[]> contents = HashMap.newHashMap(chunks.size());
        try (ChunkDecoder decoder = new ChunkDecoder(index)) {
            for (List<Integer> range : ranges()) {
                read(packs, range, decoder, contents);
            }
        }
        return contents;
    }

    /** The chunks, split where one read cannot or should not go on. */
    List<List<Integer>> ranges() {
        List<List<Integer>> ranges = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= chunks.size(); i++) {
            if (i == chunks.size() || !isNear(chunks.get(i - 1), chunks.get(i))) {
                ranges.add(chunks.subList(from, i));
                from = i;
            }
        }
        return ranges;
    }

    private boolean isNear(int chunk, int next) {
        int gap = index.frameOffset(next) - frameEnd(chunk);
        return index.chunkPack(chunk) == index.chunkPack(next) && gap >= 0 && gap <= MAX_GAP;
    }

    private void read(PackSource packs, List<Integer> range, ChunkDecoder decoder, Map<Integer, byte[]> contents)
            throws IOException {
        Digest pack = index.packDigest(index.chunkPack(range.getFirst()));
        long position = index.frameOffset(range.getFirst());
        try (InputStream in = packs.open(pack, position, frameEnd(range.getLast()) - position)) {
            for (int chunk : range) {
                in.skipNBytes(index.frameOffset(chunk) - position);
                contents.put(chunk, decoder.decode(chunk, in));
                position = frameEnd(chunk);
            }
        }
    }

    private int frameEnd(int chunk) {
        return index.frameOffset(chunk) + index.frameLength(chunk);
    }
}
