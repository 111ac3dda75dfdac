package io.dvcr.converters.disk;

import io.dvcr.converters.disk.DiskSoFar.Origin;
import io.dvcr.converters.disk.DiskSoFar.Pack;
import io.dvcr.storage.Digest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A disk that an earlier writer did not finish. Its bytes can be read, and written again: the chunks in packs that are
 * stored are found there, and those of packs that were under way are packed once more, so that in the end the disk
 * is, pack by pack, what it would have been. Thread-safe.
 */
public final class BegunDisk implements KnownChunks {
    private static final long CACHE_BYTES = 4L * DiskFormat.MAX_CHUNK;

    private final DiskIndex index;
    private final Set<BlobDescriptor> brought;
    private final Set<BlobDescriptor> known;
    private final Map<Digest, byte[]> underWay = new HashMap<>();
    private final ChunkTable chunks = new ChunkTable();

    /**
     * @param kept with whole tables; copied
     * @throws DiskFormatException if that is no disk
     */
    public BegunDisk(DiskSoFar kept) throws DiskFormatException {
        this.index = index(kept);
        this.brought = packs(kept, Origin.BROUGHT);
        this.known = packs(kept, Origin.KNOWN);
        learn();
    }

    private static Set<BlobDescriptor> packs(DiskSoFar kept, Origin origin) {
        return kept.packs().stream()
                .filter(pack -> pack.origin() == origin)
                .map(Pack::blob)
                .collect(Collectors.toUnmodifiableSet());
    }

    private DiskIndex index(DiskSoFar kept) throws DiskFormatException {
        int chunkCount = kept.chunks().remaining() / IndexHeader.CHUNK_ROW;
        int extentCount = kept.extents().remaining() / IndexHeader.EXTENT_ROW;
        IndexHeader header = new IndexHeader(kept.size(), kept.packs().size(), chunkCount, extentCount);
        ByteBuffer blob = ByteBuffer.allocate(Math.toIntExact(header.indexLength()));
        header.write(blob);
        for (BlobDescriptor pack : allPacks(kept)) {
            blob.put(pack.digest().bytes()).putInt((int) pack.size());
        }
        blob.put(kept.chunks().slice(kept.chunks().position(), chunkCount * IndexHeader.CHUNK_ROW));
        blob.put(kept.extents().slice(kept.extents().position(), extentCount * IndexHeader.EXTENT_ROW));
        return DiskIndex.parse(blob.flip());
    }

    /** All packs, those under way as if they ended where they do now. */
    private List<BlobDescriptor> allPacks(DiskSoFar kept) {
        List<BlobDescriptor> packs =
                new ArrayList<>(kept.packs().stream().map(Pack::blob).toList());
        for (DiskSoFar.Frames frames : kept.frames()) {
            byte[] bytes = new byte[frames.bytes().remaining()];
            frames.bytes().duplicate().get(bytes);
            Digest digest = Digest.sha256(bytes);
            underWay.put(digest, bytes);
            packs.set(frames.pack(), DiskManifest.pack(digest, bytes.length));
        }
        return packs;
    }

    private void learn() {
        for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
            int pack = index.chunkPack(chunk);
            if (!underWay.containsKey(index.packDigest(pack))) {
                FrameLocation frame = new FrameLocation(pack, index.frameOffset(chunk), index.frameLength(chunk));
                chunks.add(index.chunkDigest(chunk), frame, index.chunkLength(chunk));
            }
        }
    }

    /** How many bytes there are of it. */
    public long size() {
        return index.diskSize();
    }

    /** The packs that it has stored itself. */
    public Set<BlobDescriptor> brought() {
        return brought;
    }

    /** The packs that were there before it. */
    public Set<BlobDescriptor> known() {
        return known;
    }

    /**
     * Its bytes. If they cannot be read any more, reading throws an {@link UnusablePackException}.
     *
     * @param packs has {@link #brought()} and {@link #known()}
     */
    public InputStream content(PackSource packs) {
        PackSource all = (pack, offset, length) -> {
            byte[] frames = underWay.get(pack);
            return frames == null
                    ? packs.open(pack, offset, length)
                    : new ByteArrayInputStream(frames, (int) offset, (int) length);
        };
        return new BegunStream(index, new ChunkedDisk(index, all, new ChunkCache(CACHE_BYTES), 1));
    }

    @Override
    public Optional<Place> find(Digest chunk, int length) {
        int number = chunks.find(chunk);
        if (number == ChunkTable.NONE || chunks.chunkLength(number) != length) {
            return Optional.empty();
        }
        FrameLocation frame = chunks.frame(number);
        int pack = frame.pack();
        return Optional.of(new Place(index.packDigest(pack), index.packLength(pack), frame.offset(), frame.length()));
    }

    /** The chunks of this disk, and those of {@code others} where it has none. */
    KnownChunks before(KnownChunks others) {
        return (chunk, length) -> find(chunk, length).or(() -> others.find(chunk, length));
    }
}
