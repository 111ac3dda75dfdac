package io.dvcr.converters.face;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.converters.disk.KnownChunks.Place;
import io.dvcr.converters.disk.PackSource;
import io.dvcr.storage.content.Composite;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The layers of the faces of a disk, as composites of its packs. Immutable and thread-safe. */
public final class FaceLayers {
    private final DiskIndex disk;

    public FaceLayers(DiskIndex disk) {
        this.disk = disk;
    }

    /** The raw disk, zstd; empty if the disk is in too many pieces. */
    public Optional<Composite> raw() {
        Composite.Builder layer = new Composite.Builder();
        RawStream.append(disk, layer);
        return layer.build();
    }

    /** A tar archive with the raw disk in it, zstd: a frame of headers, {@link #raw}, a frame of padding. */
    public Optional<Composite> tar() {
        DiskArchive archive = new DiskArchive(disk.diskSize());
        Composite.Builder layer = new Composite.Builder();
        layer.bytes(ZeroFrames.frame(archive.head()), 1);
        RawStream.append(disk, layer);
        return layer.bytes(ZeroFrames.frame(archive.end()), 1).build();
    }

    /**
     * What a {@link FaceHasher} would have said, had it seen the disk written, which takes reading all of it.
     *
     * @param content the disk that the index is of
     * @throws IOException if it cannot be read, or is not what its index says
     */
    public FaceHashes readBack(ChunkedDisk content, PackSource packs) throws IOException {
        try (FaceHasher hasher = new FaceHasher(packs, _ -> true)) {
            hasher.expect(disk.diskSize());
            content.copyTo(new Chunks(hasher), 0, disk.diskSize());
            return hasher.finish(disk.diskSize());
        }
    }

    /** Knows which extent each piece of data is. */
    private final class Chunks implements DiskSink {
        private final FaceHasher hasher;
        private int extent;

        Chunks(FaceHasher hasher) {
            this.hasher = hasher;
        }

        @Override
        public void data(ByteBuffer bytes) throws IOException {
            int chunk = disk.extentChunk(extent);
            int pack = disk.chunkPack(chunk);
            Place frame = new Place(
                    disk.packDigest(pack), disk.packLength(pack), disk.frameOffset(chunk), disk.frameLength(chunk));
            hasher.chunk(disk.extentOffset(extent), bytes, frame);
            extent++;
        }

        @Override
        public void zeros(long lengthBytes) {}
    }
}
