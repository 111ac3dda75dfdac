package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Chunks whose frames lie near each other in one pack, so that one read fetches them all.
 *
 * @param chunks in the order of their offsets
 */
record FrameRange(DiskIndex index, List<Integer> chunks) {
    /** What is read for nothing rather than ask once more. */
    private static final int MAX_GAP = 64 << 10;

    FrameRange {
        chunks = List.copyOf(chunks);
    }

    /** Takes the frames of a range, one by one. */
    interface Reader {
        /** The frame of {@code chunk} comes next in {@code pack}, and is to be read from it whole. */
        void frame(int chunk, InputStream pack) throws IOException;
    }

    /** {@code chunks}, which are in the order of packs and offsets, split where one read cannot or should not go on. */
    static List<FrameRange> split(DiskIndex index, List<Integer> chunks) {
        List<FrameRange> ranges = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= chunks.size(); i++) {
            if (i == chunks.size() || !isNear(index, chunks.get(i - 1), chunks.get(i))) {
                ranges.add(new FrameRange(index, chunks.subList(from, i)));
                from = i;
            }
        }
        return ranges;
    }

    private static boolean isNear(DiskIndex index, int chunk, int next) {
        int gap = index.frameOffset(next) - frameEnd(index, chunk);
        return index.chunkPack(chunk) == index.chunkPack(next) && gap >= 0 && gap <= MAX_GAP;
    }

    Digest pack() {
        return index.packDigest(index.chunkPack(chunks.getFirst()));
    }

    void read(PackSource packs, Reader reader) throws IOException {
        long position = index.frameOffset(chunks.getFirst());
        try (InputStream in = packs.open(pack(), position, frameEnd(index, chunks.getLast()) - position)) {
            for (int chunk : chunks) {
                skip(in, index.frameOffset(chunk) - position);
                reader.frame(chunk, in);
                position = frameEnd(index, chunk);
            }
        }
    }

    private static void skip(InputStream in, long bytes) throws IOException {
        try {
            in.skipNBytes(bytes);
        } catch (EOFException e) {
            // the pack is too short: whoever reads the frame will find that out, and knows which it is
        }
    }

    private static int frameEnd(DiskIndex index, int chunk) {
        return index.frameOffset(chunk) + index.frameLength(chunk);
    }
}
