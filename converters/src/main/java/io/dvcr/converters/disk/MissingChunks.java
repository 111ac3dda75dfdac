package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Which chunks of a disk its target still lacks, and the extents that each belongs to. Thread-safe. Takes about 64 bytes
 * a chunk and 4 an extent.
 */
final class MissingChunks {
    private final DiskIndex index;
    private final ChunkTable table = new ChunkTable();
    private final int[] extents; // those of chunk 0, then those of chunk 1, and so on
    private final int[] firstOfChunk; // where in extents those of each chunk begin; one more for the end
    private final BitSet missing;

    /** All of them. */
    MissingChunks(DiskIndex index) {
        this.index = index;
        this.missing = new BitSet(index.chunkCount());
        this.missing.set(0, index.chunkCount());
        this.firstOfChunk = new int[index.chunkCount() + 1];
        this.extents = new int[index.extentCount()];
        for (int extent = 0; extent < extents.length; extent++) {
            firstOfChunk[index.extentChunk(extent) + 1]++;
        }
        Arrays.parallelPrefix(firstOfChunk, Integer::sum);
        int[] next = firstOfChunk.clone();
        for (int extent = 0; extent < extents.length; extent++) {
            extents[next[index.extentChunk(extent)]++] = extent;
        }
        for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
            FrameLocation frame =
                    new FrameLocation(index.chunkPack(chunk), index.frameOffset(chunk), index.frameLength(chunk));
            table.add(index.chunkDigest(chunk), frame, index.chunkLength(chunk));
        }
    }

    /** The chunk of that content if it is missing, else {@link ChunkTable#NONE}. */
    int find(Digest content) {
        int chunk = table.find(content);
        return chunk != ChunkTable.NONE && isMissing(chunk) ? chunk : ChunkTable.NONE;
    }

    synchronized boolean isMissing(int chunk) {
        return missing.get(chunk);
    }

    synchronized boolean isEmpty() {
        return missing.isEmpty();
    }

    /** From now on the target has the chunk, wherever it is wanted; returns false if it did already. */
    synchronized boolean found(int chunk) {
        boolean was = missing.get(chunk);
        missing.clear(chunk);
        return was;
    }

    /** The bytes of the disk, at those places, in order. */
    long[] placesOf(int chunk) {
        return Arrays.stream(extents, firstOfChunk[chunk], firstOfChunk[chunk + 1])
                .mapToLong(index::extentOffset)
                .toArray();
    }

    /** How much of the disk the chunk makes up, in bytes. */
    long bytesOf(int chunk) {
        return (long) (firstOfChunk[chunk + 1] - firstOfChunk[chunk]) * index.chunkLength(chunk);
    }
}
