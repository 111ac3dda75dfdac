package io.dvcr.converters.disk;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.disk.PreparedChunk.Storage;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes a disk as chunks, packs and index while its bytes arrive. Not thread-safe; chunks are hashed and compressed on
 * a few threads and packs are stored on one more, which all end with {@link #finish()} or {@link #close()}.
 *
 * <p>Memory in bytes: two packs, four MiB a thread, and the index, which takes about 64 a chunk.
 *
 * <p>What fails on another thread, {@link IOException} or not, is thrown by the next call here; the writer is of no use
 * from then on. A disk beyond the limits of the format is a {@link DiskFormatException}.
 */
public final class DiskWriter implements DiskSink, Closeable {
    private final BlobSink sink;
    private final PackSource knownPacks;
    private final ChunkObserver observer;
    private final DiskIndexBuilder index = new DiskIndexBuilder();
    private final PackWriter packs;
    private final ChunkPipeline pipeline;
    private final Chunker chunker;
    private final Optional<BegunDisk> begun;
    private int chunksTold;
    private int extentsTold;
    private State state = State.OPEN;
    private long usedSize;

    private enum State {
        OPEN,
        FAILED,
        CLOSED
    }

    public DiskWriter(BlobSink sink, DiskWriterOptions options) {
        this(sink, KnownChunks.NONE, nothingKnown(), ChunkObserver.NONE, options, Optional.empty());
    }

    /**
     * @param known chunks that need not be stored again
     * @param knownPacks the packs that {@code known} leads to; asked at the end, for the chunks in those that are left
     *     because the disk uses too little of them
     * @param observer told of every chunk by the thread that writes
     */
    public DiskWriter(
            BlobSink sink,
            KnownChunks known,
            PackSource knownPacks,
            ChunkObserver observer,
            DiskWriterOptions options) {
        this(sink, known, knownPacks, observer, options, Optional.empty());
    }

    /** @param begun what an earlier writer stored of the same disk, which is given to this one from its beginning on */
    public DiskWriter(
            BlobSink sink,
            KnownChunks known,
            PackSource knownPacks,
            ChunkObserver observer,
            DiskWriterOptions options,
            Optional<BegunDisk> begun) {
        KnownChunks there = begun.map(disk -> disk.before(known)).orElse(known);
        this.sink = sink;
        this.knownPacks = knownPacks;
        this.observer = observer;
        this.packs = new PackWriter(sink, options.maxPackBytes(), index);
        this.pipeline = new ChunkPipeline(
                options.threads(), () -> new ChunkCompressor(index.chunks(), there, options.zstdLevel()), this::append);
        this.chunker = new Chunker(pipeline);
        this.begun = begun;
    }

    @Override
    public void expect(long sizeBytes) throws IOException {
        begin();
        observer.expect(sizeBytes);
        state = State.OPEN;
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        begin();
        chunker.data(bytes);
        state = State.OPEN;
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        begin();
        chunker.zeros(lengthBytes);
        state = State.OPEN;
    }

    /**
     * How far the disk is, in chunks: what {@link BegunDisk} goes on with. Its buffers are valid until the next call
     * here.
     */
    public DiskSoFar soFar() throws IOException {
        begin();
        OptionalLong oldest = pipeline.oldestBlock();
        List<DiskSoFar.Frames> underWay = packs.framesUnderWay();
        DiskSoFar told = new DiskSoFar(
                oldest.isPresent() ? oldest.getAsLong() * DiskFormat.BLOCK : chunker.boundary(),
                index.packsSoFar(underWay, this::isBrought),
                index.chunks().rowsFrom(chunksTold),
                index.extentsFrom(extentsTold),
                underWay);
        chunksTold = index.chunks().count();
        extentsTold = index.extentCount();
        state = State.OPEN;
        return told;
    }

    /** Whether a pack that was stored when this writer began is one that the disk itself has brought. */
    private boolean isBrought(BlobDescriptor pack) {
        return begun.filter(disk -> disk.brought().contains(pack)).isPresent();
    }

    /**
     * Ends the disk where it is, stores what is left of it, and closes.
     *
     * @throws UnusablePackException if a known pack is not what it should be
     */
    public WrittenDisk finish() throws IOException {
        begin();
        WrittenDisk written = written();
        close();
        return written;
    }

    /** Abandons the disk unless it is finished. What the sink has taken by then stays with it. */
    @Override
    public void close() {
        state = State.CLOSED;
        pipeline.close();
        packs.close();
    }

    /** Until the caller says otherwise, what it begins has failed. */
    private void begin() throws IOException {
        state = switch (state) {
            case OPEN -> State.FAILED;
            case FAILED -> throw new IOException("the disk could not be written, as was said before");
            case CLOSED -> throw new IllegalStateException("the disk is finished or abandoned");
        };
        packs.requireSuccess();
    }

    private WrittenDisk written() throws IOException {
        chunker.finish();
        pipeline.drain();
        List<BlobDescriptor> newPacks = packs.flush();
        DiskIndex built = index.build(chunker.size());
        List<Integer> chunksToMove = ReuseRule.chunksToMove(built, index::isKnown);
        if (!chunksToMove.isEmpty()) {
            move(chunksToMove, built);
            newPacks = packs.flush();
            index.renumberPacks();
            built = index.build(chunker.size());
        }
        BlobDescriptor blob = store(built);
        return new WrittenDisk(
                blob,
                index.packs(),
                chunker.size(),
                usedSize,
                sum(index.packs()) + blob.size(),
                sum(newPacks) + sum(broughtBefore()) + blob.size());
    }

    private List<BlobDescriptor> broughtBefore() {
        return index.packs().stream().filter(this::isBrought).toList();
    }

    /** Stores chunks again that are in packs which the disk had better not name. */
    private void move(List<Integer> chunks, DiskIndex built) throws IOException {
        try (ChunkDecoder decoder = new ChunkDecoder(built)) {
            for (FrameRange range : FrameRange.split(built, chunks)) {
                List<ByteBuffer> frames = frames(range, decoder);
                for (int i = 0; i < frames.size(); i++) {
                    index.chunks().moveFrame(range.chunks().get(i), packs.append(frames.get(i)));
                }
            }
        }
    }

    /** The frames of a range, which are less than a quarter of a pack. */
    private List<ByteBuffer> frames(FrameRange range, ChunkDecoder decoder) throws IOException {
        List<ByteBuffer> frames = new ArrayList<>();
        try {
            range.read(knownPacks, (chunk, pack) -> frames.add(decoder.verifiedFrame(chunk, pack)));
        } catch (IOException e) {
            throw new UnusablePackException(range.pack(), e);
        }
        return frames;
    }

    private BlobDescriptor store(DiskIndex built) throws IOException {
        BlobDescriptor blob = DiskManifest.index(built);
        sink.put(blob.digest(), blob.mediaType(), built.blob());
        return blob;
    }

    private void append(PreparedChunk chunk) throws IOException {
        int chunkLength = chunk.content().remaining();
        int number = index.chunks().find(chunk.digest());
        if (number == ChunkTable.NONE) {
            number = index.addChunk(chunk.digest(), locate(chunk.storage()), chunkLength);
        }
        index.addExtent(chunk.firstBlock(), number);
        usedSize += chunkLength;
        observe(chunk, index.chunks().frame(number));
    }

    private void observe(PreparedChunk chunk, FrameLocation frame) throws IOException {
        long offset = chunk.firstBlock() * DiskFormat.BLOCK;
        ByteBuffer content = chunk.content().asReadOnlyBuffer();
        Optional<ByteBuffer> atHand = packs.frame(frame);
        if (atHand.isPresent()) {
            observer.chunk(offset, content, atHand.get());
        } else {
            BlobDescriptor pack = index.pack(frame.pack());
            observer.chunk(
                    offset,
                    content,
                    new KnownChunks.Place(pack.digest(), (int) pack.size(), frame.offset(), frame.length()));
        }
    }

    private FrameLocation locate(Storage storage) throws IOException {
        return switch (storage) {
            case Storage.NewFrame(ByteBuffer frame) -> packs.append(frame);
            case Storage.KnownPack(KnownChunks.Place place) ->
                new FrameLocation(
                        index.knownPack(place.pack(), place.packLength()), place.offset(), place.frameLength());
            case Storage.SameDisk _ -> throw new IllegalStateException("a chunk of this disk has no number");
        };
    }

    private static PackSource nothingKnown() {
        return (pack, _, _) -> {
            throw new IllegalStateException("no pack is known, and none can be read: " + pack);
        };
    }

    private static long sum(List<BlobDescriptor> blobs) {
        return blobs.stream().mapToLong(BlobDescriptor::size).sum();
    }
}
