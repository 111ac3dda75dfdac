package io.dvcr.converters.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
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
    static final int MAX_BYTES = 4 << 20;

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

    /** How much the chunks are together, at most {@link #MAX_BYTES}. */
    int bytes() {
        return chunks.stream().mapToInt(index::chunkLength).sum();
    }

    /**
     * The content of the chunks by number, fetched in as few reads as packs and gaps allow.
     *
     * @param memory on the heap, which holds it, of {@link #bytes()} or more
     */
    Map<Integer, ByteBuffer> fetch(PackSource packs, ByteBuffer memory) throws IOException {
        Map<Integer, ByteBuffer> contents = HashMap.newHashMap(chunks.size());
        ByteBuffer room = memory.duplicate().clear();
        try (ChunkDecoder decoder = new ChunkDecoder(index)) {
            for (FrameRange range : FrameRange.split(index, chunks)) {
                range.read(packs, (chunk, pack) -> {
                    int from = room.position();
                    decoder.decode(chunk, pack, room);
                    contents.put(chunk, room.slice(from, room.position() - from));
                });
            }
        }
        return contents;
    }
}
