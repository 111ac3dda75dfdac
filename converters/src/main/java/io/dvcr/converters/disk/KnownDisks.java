package io.dvcr.converters.disk;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chunks of disks that are stored already, learnt from their indexes. A chunk that several of them have is taken
 * from the one added first, so the newest disk belongs first: its packs are those that are used most.
 *
 * <p>Memory is bounded: about 64 bytes for each chunk, of at most as many as are allowed. Not thread-safe while disks
 * are added; thread-safe from then on.
 */
public final class KnownDisks implements KnownChunks {
    /** A MiB of chunks: about 64 GiB of used disk, for 64 MiB of memory. */
    public static final int DEFAULT_MAX_CHUNKS = 1 << 20;

    /** Of the packs that a disk may have, so that there is room for those it brings. */
    private static final int MAX_PACKS = DiskFormat.MAX_PACKS / 3;

    private final int maxChunks;
    private final ChunkTable chunks = new ChunkTable();
    private final List<BlobDescriptor> packs = new ArrayList<>();
    private final Map<Digest, Integer> packNumbers = new HashMap<>();

    /** Says which packs can be named. */
    public interface PackCheck {
        /** Whether {@code pack} is there, and as long as that. */
        boolean isThere(BlobDescriptor pack) throws IOException;
    }

    public KnownDisks(int maxChunks) {
        if (maxChunks < 1) {
            throw new IllegalArgumentException("a table of " + maxChunks + " chunks");
        }
        this.maxChunks = maxChunks;
    }

    /**
     * Adds the chunks of {@code disk}, as far as there is room.
     *
     * @param check asked once for each pack; what is in one that is not there is not known
     */
    public void add(DiskIndex disk, PackCheck check) throws IOException {
        int[] numbers = new int[disk.packCount()];
        for (int pack = 0; pack < numbers.length; pack++) {
            numbers[pack] = number(DiskManifest.pack(disk.packDigest(pack), disk.packLength(pack)), check);
        }
        for (int chunk = 0; chunk < disk.chunkCount() && !isFull(); chunk++) {
            int pack = numbers[disk.chunkPack(chunk)];
            Digest digest = disk.chunkDigest(chunk);
            if (pack != ChunkTable.NONE && chunks.find(digest) == ChunkTable.NONE) {
                FrameLocation frame = new FrameLocation(pack, disk.frameOffset(chunk), disk.frameLength(chunk));
                chunks.add(digest, frame, disk.chunkLength(chunk));
            }
        }
    }

    /** Whether another disk would add nothing. */
    public boolean isFull() {
        return chunks.count() >= maxChunks || packs.size() >= MAX_PACKS;
    }

    @Override
    public Optional<Place> find(Digest chunk, int length) {
        int number = chunks.find(chunk);
        if (number == ChunkTable.NONE || chunks.chunkLength(number) != length) {
            return Optional.empty();
        }
        FrameLocation frame = chunks.frame(number);
        BlobDescriptor pack = packs.get(frame.pack());
        return Optional.of(new Place(pack.digest(), (int) pack.size(), frame.offset(), frame.length()));
    }

    /** The number of a pack here, or none. That two disks agree about a pack is not taken for granted. */
    private int number(BlobDescriptor pack, PackCheck check) throws IOException {
        Integer known = packNumbers.get(pack.digest());
        if (known != null) {
            return packs.get(known).equals(pack) ? known : ChunkTable.NONE;
        }
        if (packs.size() == MAX_PACKS || !check.isThere(pack)) {
            return ChunkTable.NONE;
        }
        packs.add(pack);
        packNumbers.put(pack.digest(), packs.size() - 1);
        return packs.size() - 1;
    }
}
