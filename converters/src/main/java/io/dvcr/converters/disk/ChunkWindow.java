package io.dvcr.converters.disk;

import java.io.IOException;
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
            for (FrameRange range : FrameRange.split(index, chunks)) {
                range.read(packs, (chunk, pack) -> contents.put(chunk, decoder.decode(chunk, pack)));
            }
        }
        return contents;
    }
}
