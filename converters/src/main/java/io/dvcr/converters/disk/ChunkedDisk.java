package io.dvcr.converters.disk;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;

/**
 * A disk read from its packs. Every chunk is verified; one that is damaged is a {@link CorruptChunkException}.
 * Thread-safe, and holds nothing that closing would release.
 */
public final class ChunkedDisk implements RandomAccessDisk {
    /** How far {@link #runAt} looks, so that asking for many runs of a full disk does not walk it as many times. */
    private static final long MAX_RUN = 1L << 30;

    private final DiskIndex index;
    private final PackSource packs;
    private final ChunkCache cache;
    private final int copyThreads;

    /**
     * @param cache for {@link #read}; copying goes past it
     * @param copyThreads how many fetch and decode for each copy under way; each takes up to 5 MiB, and one more is being copied
     */
    public ChunkedDisk(DiskIndex index, PackSource packs, ChunkCache cache, int copyThreads) {
        this.index = index;
        this.packs = packs;
        this.cache = cache;
        this.copyThreads = copyThreads;
    }

    @Override
    public long size() {
        return index.diskSize();
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), size());
        long position = offset;
        long end = offset + target.remaining();
        for (int extent = index.extentAtOrAfter(offset); position < end; extent++) {
            long start = extent < index.extentCount() ? Math.min(index.extentOffset(extent), end) : end;
            putZeros(target, start - position);
            position = Math.max(position, start);
            if (position < end) {
                ByteBuffer content = part(ByteBuffer.wrap(chunk(index.extentChunk(extent))), extent, position, end);
                position += content.remaining();
                target.put(content);
            }
        }
    }

    @Override
    public Run runAt(long offset) {
        Objects.checkIndex(offset, size());
        int extent = index.extentAtOrAfter(offset);
        long start = extent < index.extentCount() ? index.extentOffset(extent) : size();
        if (start > offset) {
            return new Run(offset, start - offset, false);
        }
        return new Run(offset, dataEnd(offset, extent) - offset, true);
    }

    /** Gives the {@code length} bytes from {@code offset} on to {@code sink}, fetched in reads of a few MiB. */
    public void copyTo(DiskSink sink, long offset, long length) throws IOException {
        Objects.checkFromIndexSize(offset, length, size());
        long end = offset + length;
        int first = index.extentAtOrAfter(offset);
        long position = offset;
        try (WindowStream windows = new WindowStream(index, packs, first, firstExtentFrom(first, end), copyThreads)) {
            while (windows.hasNext()) {
                WindowStream.Fetched window = windows.next();
                position = copy(window, sink, position, end);
                windows.done(window);
            }
        }
        copyZeros(sink, end - position);
    }

    /** Writes the {@code length} bytes from {@code offset} on to {@code out}. */
    public void copyTo(OutputStream out, long offset, long length) throws IOException {
        copyTo(new StreamSink(out), offset, length);
    }

    @Override
    public void close() {}

    /** The first extent from {@code extent} on that begins at or beyond {@code end}. */
    private int firstExtentFrom(int extent, long end) {
        int last = end == 0 ? 0 : index.extentAtOrAfter(end - 1);
        boolean holdsEnd = last < index.extentCount() && index.extentOffset(last) < end;
        return Math.max(extent, holdsEnd ? last + 1 : last);
    }

    private long copy(WindowStream.Fetched fetched, DiskSink sink, long offset, long end) throws IOException {
        ChunkWindow window = fetched.window();
        Map<Integer, ByteBuffer> contents = fetched.contents();
        long position = offset;
        for (int extent = window.firstExtent(); extent < window.endExtent(); extent++) {
            long start = Math.max(position, index.extentOffset(extent));
            copyZeros(sink, start - position);
            ByteBuffer content = Objects.requireNonNull(contents.get(index.extentChunk(extent)));
            ByteBuffer part = part(content, extent, start, end);
            position = start + part.remaining();
            sink.data(part);
        }
        return position;
    }

    /** Of the content of {@code extent}, the part from {@code position} on, up to {@code end}. */
    private ByteBuffer part(ByteBuffer content, int extent, long position, long end) {
        long start = index.extentOffset(extent);
        int from = (int) (position - start);
        int to = (int) Math.min(content.capacity(), end - start);
        return content.slice(from, to - from);
    }

    private byte[] chunk(int chunk) throws IOException {
        return cache.get(index.chunkDigest(chunk), () -> fetch(chunk));
    }

    private byte[] fetch(int chunk) throws IOException {
        var pack = index.packDigest(index.chunkPack(chunk));
        try (InputStream in = packs.open(pack, index.frameOffset(chunk), index.frameLength(chunk));
                ChunkDecoder decoder = new ChunkDecoder(index)) {
            return decoder.decode(chunk, in);
        }
    }

    private long dataEnd(long offset, int firstExtent) {
        long end = index.extentEnd(firstExtent);
        for (int extent = firstExtent + 1; extent < index.extentCount() && end - offset < MAX_RUN; extent++) {
            if (index.extentOffset(extent) != end) {
                break;
            }
            end = index.extentEnd(extent);
        }
        return end;
    }

    private static void copyZeros(DiskSink sink, long length) throws IOException {
        if (length > 0) {
            sink.zeros(length);
        }
    }

    private static void putZeros(ByteBuffer target, long length) {
        for (long left = length; left > 0; ) {
            int part = (int) Math.min(left, StreamSink.ZEROS.length);
            target.put(StreamSink.ZEROS, 0, part);
            left -= part;
        }
    }
}
