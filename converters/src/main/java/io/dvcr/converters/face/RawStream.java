package io.dvcr.converters.face;

import com.github.luben.zstd.Zstd;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Composite;
import java.util.stream.IntStream;

/**
 * A disk as one zstd stream, whose content is the raw disk: the frames of its chunks where they lie in packs, in the
 * order of the disk, and frames of zeros between them.
 */
final class RawStream {
    private static final int LEVEL = 3;
    private static final int BLOCK = 4096;

    /** A frame of zeros is this many times as long as the next smaller one. */
    private static final int STEP = 16;

    private static final int[] ZERO_LENGTHS = {BLOCK * STEP * STEP, BLOCK * STEP, BLOCK};

    private final Composite.Builder target;
    private final byte[][] zeroFrames;

    private RawStream(Composite.Builder target) {
        this.target = target;
        this.zeroFrames = IntStream.of(ZERO_LENGTHS)
                .mapToObj(length -> frame(new byte[length]))
                .toArray(byte[][]::new);
    }

    /** Appends {@code disk} to {@code target}. */
    static void append(DiskIndex disk, Composite.Builder target) {
        new RawStream(target).append(disk);
    }

    /** {@code content} as one frame, as those of chunks are. */
    static byte[] frame(byte[] content) {
        return Zstd.compress(content, LEVEL);
    }

    private void append(DiskIndex disk) {
        Digest[] packs =
                IntStream.range(0, disk.packCount()).mapToObj(disk::packDigest).toArray(Digest[]::new);
        long position = 0;
        for (int extent = 0; extent < disk.extentCount(); extent++) {
            zeros(disk.extentOffset(extent) - position);
            int chunk = disk.extentChunk(extent);
            target.blob(packs[disk.chunkPack(chunk)], disk.frameOffset(chunk), disk.frameLength(chunk));
            position = disk.extentEnd(extent);
        }
        zeros(disk.diskSize() - position);
        if (disk.diskSize() == 0) {
            target.bytes(frame(new byte[0]), 1); // a stream without a frame is none
        }
    }

    /** Few frames, so that a composite has few bytes of its own, however many lengths of zeros there are. */
    private void zeros(long length) {
        long left = length;
        for (int size = 0; size < ZERO_LENGTHS.length; size++) {
            int times = Math.toIntExact(left / ZERO_LENGTHS[size]);
            if (times > 0) {
                target.bytes(zeroFrames[size], times);
            }
            left %= ZERO_LENGTHS[size];
        }
        if (left > 0) {
            target.bytes(frame(new byte[(int) left]), 1);
        }
    }
}
