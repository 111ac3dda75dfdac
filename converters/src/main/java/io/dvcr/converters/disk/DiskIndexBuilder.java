package io.dvcr.converters.disk;

import io.dvcr.converters.disk.DiskFormatException.Reason;
import io.dvcr.converters.disk.DiskSoFar.Origin;
import io.dvcr.storage.Digest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** An index under construction. Only its {@link #chunks()} are thread-safe. */
final class DiskIndexBuilder {
    private final List<BlobDescriptor> packs = new ArrayList<>();
    private final Map<Digest, Integer> knownPacks = new HashMap<>();
    private final ChunkTable chunks = new ChunkTable();
    private final TableBytes extents = new TableBytes(IndexHeader.EXTENT_ROW);
    private int extentCount;

    ChunkTable chunks() {
        return chunks;
    }

    /** A pack that was stored before this disk, or has been completed. */
    BlobDescriptor pack(int number) {
        return packs.get(number);
    }

    /** The packs, in the order of the table. */
    List<BlobDescriptor> packs() {
        return List.copyOf(packs);
    }

    /**
     * The packs and where they come from.
     *
     * @param underWay of those that are not stored yet
     * @param brought whether one that was stored before is the disk's own
     */
    List<DiskSoFar.Pack> packsSoFar(List<DiskSoFar.Frames> underWay, Predicate<BlobDescriptor> brought) {
        List<DiskSoFar.Pack> soFar = new ArrayList<>();
        for (int number = 0; number < packs.size(); number++) {
            BlobDescriptor pack = packs.get(number);
            soFar.add(new DiskSoFar.Pack(isKnown(number) && !brought.test(pack) ? Origin.KNOWN : Origin.BROUGHT, pack));
        }
        underWay.forEach(
                frames -> soFar.set(frames.pack(), new DiskSoFar.Pack(Origin.UNDER_WAY, packs.get(frames.pack()))));
        return soFar;
    }

    int extentCount() {
        return extentCount;
    }

    /** The rows of the extents from number {@code first} on. */
    ByteBuffer extentsFrom(int first) {
        return extents.from(first * IndexHeader.EXTENT_ROW);
    }

    /** The number of a pack that will be told by {@link #completePack}. */
    int addPack() throws DiskFormatException {
        return addPack(DiskManifest.pack(Digest.sha256(new byte[0]), 0));
    }

    void completePack(int number, BlobDescriptor pack) {
        packs.set(number, pack);
    }

    /** The number of a pack that was stored before this disk. */
    int knownPack(Digest digest, int length) throws DiskFormatException {
        Integer known = knownPacks.get(digest);
        if (known != null) {
            return known;
        }
        int number = addPack(DiskManifest.pack(digest, length));
        knownPacks.put(digest, number);
        return number;
    }

    int addChunk(Digest digest, FrameLocation frame, int chunkLength) throws DiskFormatException {
        requireRoom(IndexHeader.CHUNK_ROW);
        return chunks.add(digest, frame, chunkLength);
    }

    /** The disk consists of chunk {@code chunk} from {@code firstBlock} on. */
    void addExtent(long firstBlock, int chunk) throws DiskFormatException {
        requireRoom(IndexHeader.EXTENT_ROW);
        extents.room(IndexHeader.EXTENT_ROW).putInt((int) firstBlock).putInt(chunk);
        extentCount++;
    }

    /** Whether a pack was stored before this disk. */
    boolean isKnown(int pack) {
        return Integer.valueOf(pack).equals(knownPacks.get(packs.get(pack).digest()));
    }

    /** Drops the packs that no chunk names any more, and numbers the others in the order in which chunks name them. */
    void renumberPacks() {
        int[] numbers = new int[packs.size()];
        Arrays.fill(numbers, ChunkTable.NONE);
        List<BlobDescriptor> named = new ArrayList<>();
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
            FrameLocation frame = chunks.frame(chunk);
            if (numbers[frame.pack()] == ChunkTable.NONE) {
                numbers[frame.pack()] = named.size();
                named.add(packs.get(frame.pack()));
            }
            chunks.moveFrame(chunk, new FrameLocation(numbers[frame.pack()], frame.offset(), frame.length()));
        }
        packs.clear();
        packs.addAll(named);
        knownPacks.values().removeIf(pack -> numbers[pack] == ChunkTable.NONE);
        knownPacks.replaceAll((_, pack) -> numbers[pack]);
    }

    /** The index of the disk, which has {@code diskSize} bytes. */
    DiskIndex build(long diskSize) throws DiskFormatException {
        IndexHeader header = header(diskSize);
        ByteBuffer blob = ByteBuffer.allocate((int) header.indexLength());
        header.write(blob);
        for (BlobDescriptor pack : packs) {
            blob.put(pack.digest().bytes()).putInt((int) pack.size());
        }
        chunks.writeTo(blob);
        extents.writeTo(blob);
        return DiskIndex.parse(blob.flip());
    }

    private int addPack(BlobDescriptor pack) throws DiskFormatException {
        if (packs.size() == DiskFormat.MAX_PACKS) {
            throw new DiskFormatException(
                    Reason.PACK_COUNT, "the disk does not fit in " + DiskFormat.MAX_PACKS + " packs");
        }
        requireRoom(IndexHeader.PACK_ROW);
        packs.add(pack);
        return packs.size() - 1;
    }

    private void requireRoom(int rowLength) throws DiskFormatException {
        if (header(0).indexLength() + rowLength > DiskFormat.MAX_INDEX) {
            throw new DiskFormatException(
                    Reason.INDEX_TOO_LARGE, "the disk needs an index of more than " + DiskFormat.MAX_INDEX + " bytes");
        }
    }

    private IndexHeader header(long diskSize) {
        return new IndexHeader(diskSize, packs.size(), chunks.count(), extentCount);
    }
}
