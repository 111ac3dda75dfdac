package io.dvcr.converters.face;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.content.Composite;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/** The layers of the faces of a disk, as composites of its packs. Immutable and thread-safe. */
public final class FaceLayers {
    private static final String DIRECTORY = "disk/";
    private static final String FILE = "disk/disk.img";

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

    /** A tar archive with the raw disk in it, zstd: {@link #tarHead}, {@link #raw}, {@link #tarEnd}. */
    public Optional<Composite> tar() {
        Composite.Builder layer = new Composite.Builder();
        layer.bytes(tarHead(), 1);
        RawStream.append(disk, layer);
        return layer.bytes(tarEnd(), 1).build();
    }

    /** The frame of {@link #tar} before those of the disk. */
    public byte[] tarHead() {
        return RawStream.frame(plainHead());
    }

    /** The frame of {@link #tar} behind those of the disk. */
    public byte[] tarEnd() {
        return RawStream.frame(plainEnd());
    }

    private byte[] plainHead() {
        return ByteBuffer.allocate(2 * TarHeader.BLOCK)
                .put(TarHeader.directory(DIRECTORY))
                .put(TarHeader.file(FILE, disk.diskSize()))
                .array();
    }

    /** Up to the end of a block, and two blocks, which end the archive. */
    private byte[] plainEnd() {
        int odd = (int) (disk.diskSize() % TarHeader.BLOCK);
        return new byte[(odd == 0 ? 0 : TarHeader.BLOCK - odd) + 2 * TarHeader.BLOCK];
    }

    /**
     * The digest of the archive of {@link #tar} before it was compressed, which takes as long as to hash the whole disk,
     * zeros included.
     *
     * @param content the disk that the index is of
     * @throws IOException if it cannot be read, or is not what its index says
     */
    public Digest tarDigest(ChunkedDisk content) throws IOException {
        MessageDigest hash = Algorithm.SHA256.newHash();
        hash.update(plainHead());
        content.copyTo(new HashSink(hash), 0, content.size());
        hash.update(plainEnd());
        return Digest.of(Algorithm.SHA256, hash.digest());
    }

    private static final class HashSink implements DiskSink {
        private static final int ZEROS = 64 * 1024;

        private final MessageDigest hash;
        private final byte[] zeros = new byte[ZEROS];

        HashSink(MessageDigest hash) {
            this.hash = hash;
        }

        @Override
        public void data(ByteBuffer bytes) {
            hash.update(bytes);
        }

        @Override
        public void zeros(long length) throws IOException {
            for (long left = length; left > 0; left -= ZEROS) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException("interrupted while a disk was hashed");
                }
                hash.update(zeros, 0, (int) Math.min(left, ZEROS));
            }
        }
    }
}
