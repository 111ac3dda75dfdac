package io.dvcr.converters.face;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Frames of zeros for the stretches of a disk that no chunk covers: few different ones, so that a composite has few bytes
 * of its own, however many lengths of zeros there are. Immutable and thread-safe.
 */
final class ZeroFrames {
    private static final int LEVEL = 3;
    private static final int BLOCK = 4096;

    /** A frame of zeros is this many times as long as the next smaller one. */
    private static final int STEP = 16;

    /** For an empty disk, since a stream without a frame is none. Not to be changed. */
    static final byte[] EMPTY = frame(new byte[0]);

    private static final int[] LENGTHS = {BLOCK * STEP * STEP, BLOCK * STEP, BLOCK};

    private final byte[][] frames =
            IntStream.of(LENGTHS).mapToObj(length -> frame(new byte[length])).toArray(byte[][]::new);

    /** An array that is a frame, not to be changed, that many times over. */
    record Frames(ByteBuffer frame, int times) {}

    /** {@code content} as one frame, as those of chunks are. */
    static byte[] frame(byte[] content) {
        return Zstd.compress(content, LEVEL);
    }

    /** Those of {@code length} zeros, the longest first. */
    List<Frames> of(long length) {
        List<Frames> cut = new ArrayList<>();
        long left = length;
        for (int size = 0; size < LENGTHS.length; size++) {
            int times = Math.toIntExact(left / LENGTHS[size]);
            if (times > 0) {
                cut.add(new Frames(ByteBuffer.wrap(frames[size]), times));
            }
            left %= LENGTHS[size];
        }
        if (left > 0) {
            cut.add(new Frames(ByteBuffer.wrap(frame(new byte[(int) left])), 1));
        }
        return cut;
    }
}
