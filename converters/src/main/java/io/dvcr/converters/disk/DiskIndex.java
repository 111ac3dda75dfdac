package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.nio.ByteBuffer;

/**
 * The index of a disk, section "Index": which packs there are, which chunks are in them and which stretches of the
 * disk they make up. Packs, chunks and extents are numbered from 0. Every instance obeys every rule of the format.
 * Immutable; it is a view of the index blob, so it takes no more memory than that.
 */
public final class DiskIndex {
    private static final int HASH_LENGTH = 32;

    private final ByteBuffer blob;
    private final IndexHeader header;
    private final long usedSize;

    private DiskIndex(ByteBuffer blob, IndexHeader header) throws DiskFormatException {
        this.blob = blob;
        this.header = header;
        this.usedSize = new IndexCheck(blob, header).usedSize();
    }

    /**
     * The index that {@code blob} holds from position to limit; its bytes must not change from then on.
     *
     * @throws DiskFormatException if it breaks any rule
     */
    public static DiskIndex parse(ByteBuffer blob) throws DiskFormatException {
        ByteBuffer bytes = blob.slice().asReadOnlyBuffer();
        return new DiskIndex(bytes, IndexHeader.read(bytes));
    }

    /** The index blob: read-only. */
    public ByteBuffer blob() {
        return blob.duplicate();
    }

    /** The size in bytes that a guest sees. */
    public long diskSize() {
        return header.diskSize();
    }

    /** The bytes of the disk that chunks make up; the others are zero. */
    public long usedSize() {
        return usedSize;
    }

    public int packCount() {
        return (int) header.packCount();
    }

    public int chunkCount() {
        return (int) header.chunkCount();
    }

    public int extentCount() {
        return (int) header.extentCount();
    }

    public Digest packDigest(int pack) {
        return digestAt(header.packAt(pack));
    }

    public int packLength(int pack) {
        return blob.getInt(header.packAt(pack) + HASH_LENGTH);
    }

    public Digest chunkDigest(int chunk) {
        return digestAt(header.chunkAt(chunk));
    }

    public int chunkPack(int chunk) {
        return blob.getInt(header.chunkAt(chunk) + HASH_LENGTH);
    }

    /** Where in its pack the chunk's frame begins. */
    public int frameOffset(int chunk) {
        return blob.getInt(header.chunkAt(chunk) + HASH_LENGTH + 4);
    }

    public int frameLength(int chunk) {
        return blob.getInt(header.chunkAt(chunk) + HASH_LENGTH + 8);
    }

    public int chunkLength(int chunk) {
        return blob.getInt(header.chunkAt(chunk) + HASH_LENGTH + 12);
    }

    /** The byte of the disk where the extent begins. */
    public long extentOffset(int extent) {
        return Integer.toUnsignedLong(blob.getInt(header.extentAt(extent))) * DiskFormat.BLOCK;
    }

    /** The byte of the disk before which the extent ends. */
    public long extentEnd(int extent) {
        return extentOffset(extent) + chunkLength(extentChunk(extent));
    }

    /** The chunk that the extent consists of. */
    public int extentChunk(int extent) {
        return blob.getInt(header.extentAt(extent) + 4);
    }

    /** The first extent that ends beyond {@code offset}: it holds that byte or comes next; else the extent count. */
    public int extentAtOrAfter(long offset) {
        int low = 0;
        int high = extentCount();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (extentEnd(middle) > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private Digest digestAt(int position) {
        byte[] hash = new byte[HASH_LENGTH];
        blob.get(position, hash);
        return Digest.of(Digest.Algorithm.SHA256, hash);
    }
}
