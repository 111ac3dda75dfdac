package io.dvcr.converters.face;

import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Composite;
import java.util.stream.IntStream;

/**
 * A disk as one zstd stream, whose content is the raw disk: the frames of its chunks where they lie in packs, in the
 * order of the disk, and frames of zeros between them.
 */
final class RawStream {
    private final Composite.Builder target;
    private final ZeroFrames zeroFrames = new ZeroFrames();

    private RawStream(Composite.Builder target) {
        this.target = target;
    }

    /** Appends {@code disk} to {@code target}. */
    static void append(DiskIndex disk, Composite.Builder target) {
        new RawStream(target).append(disk);
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
            target.bytes(ZeroFrames.EMPTY, 1);
        }
    }

    private void zeros(long length) {
        zeroFrames.of(length).forEach(zeros -> target.bytes(zeros.frame().array(), zeros.times()));
    }
}
