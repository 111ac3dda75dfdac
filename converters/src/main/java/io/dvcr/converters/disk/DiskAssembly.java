package io.dvcr.converters.disk;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.Waiting;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Puts a disk together in a file or a block device: out of what that holds already, what another disk at hand has, and
 * what has to be fetched. Every chunk is verified, wherever it comes from. Where it is interrupted, another assembly of
 * the same disk in the same place goes on with {@link #keep()}. Used by one thread.
 */
public final class DiskAssembly {
    private static final int CLEAR_BYTES = 1 << 20;

    private final DiskIndex index;
    private final FileChannel target;
    private final LongConsumer progress;
    private final MissingChunks missing;
    private final AtomicLong done = new AtomicLong();

    /**
     * @param target to be read and written; neither closed nor forced
     * @param progress told how many bytes of data the target has by now, by several threads, though not at once
     */
    public DiskAssembly(DiskIndex index, FileChannel target, LongConsumer progress) {
        this.index = index;
        this.target = target;
        this.progress = progress;
        this.missing = new MissingChunks(index);
    }

    /**
     * Reads what the target holds, and keeps the chunks that are in their place already.
     *
     * @return the bytes of the disk that they make up
     */
    public long keep() throws IOException {
        long before = done.get();
        MessageDigest hash = Digest.Algorithm.SHA256.newHash();
        ByteBuffer content = ByteBuffer.allocate(DiskFormat.MAX_CHUNK);
        for (int chunk = 0; chunk < index.chunkCount(); chunk++) {
            if (isInPlace(chunk, content, hash)) {
                advance(chunk);
            }
        }
        return done.get() - before;
    }

    /** Makes zero what no chunk covers. A new file is that anyway. */
    public void clearGaps() throws IOException {
        long position = 0;
        ByteBuffer buffer = ByteBuffer.allocate(CLEAR_BYTES);
        for (int extent = 0; extent < index.extentCount(); extent++) {
            clear(position, index.extentOffset(extent), buffer);
            position = index.extentEnd(extent);
        }
        clear(position, index.diskSize(), buffer);
    }

    /**
     * Takes from {@code base} whatever chunks are missing, wherever in it they lie.
     *
     * @return the bytes of the disk that they make up
     */
    public long copyFrom(RandomAccessDisk base) throws IOException {
        if (missing.isEmpty()) {
            return 0;
        }
        long before = done.get();
        int threads = Runtime.getRuntime().availableProcessors();
        try (BaseScan scan = new BaseScan(threads, this::offer)) {
            DiskCopy.copy(base, scan);
            scan.finish();
        }
        return done.get() - before;
    }

    /**
     * Fetches all that is missing.
     *
     * @param connections how many read at once; each takes less than a MiB of memory
     * @throws CorruptChunkException if a pack does not hold what the index says
     */
    public void fetch(PackSource packs, int connections) throws IOException {
        FetchPlan plan = new FetchPlan(index, missing);
        ExecutorService threads = Executors.newFixedThreadPool(
                connections, Thread.ofPlatform().daemon().name("disk-fetch-", 0).factory());
        try {
            Queue<Future<?>> underWay = new ArrayDeque<>();
            for (Optional<FrameRange> range = plan.next(); range.isPresent(); range = plan.next()) {
                if (underWay.size() == 2 * connections) {
                    Waiting.on(underWay.remove());
                }
                FrameRange next = range.get();
                underWay.add(threads.submit(() -> {
                    fetch(next, packs);
                    return next;
                }));
            }
            while (!underWay.isEmpty()) {
                Waiting.on(underWay.remove());
            }
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private void fetch(FrameRange range, PackSource packs) throws IOException {
        try (ChunkDecoder decoder = new ChunkDecoder(index)) {
            range.read(packs, (chunk, pack) -> put(chunk, ByteBuffer.wrap(decoder.decode(chunk, pack))));
        }
    }

    /** A chunk of the base: whether it is wanted shows here. */
    private void offer(Digest digest, ByteBuffer content) throws IOException {
        int chunk = missing.find(digest);
        if (chunk != ChunkTable.NONE && index.chunkLength(chunk) == content.remaining()) {
            put(chunk, content);
        }
    }

    private void put(int chunk, ByteBuffer content) throws IOException {
        for (long place : missing.placesOf(chunk)) {
            write(content.duplicate(), place);
        }
        advance(chunk);
    }

    private synchronized void advance(int chunk) {
        if (missing.found(chunk)) {
            progress.accept(done.addAndGet(missing.bytesOf(chunk)));
        }
    }

    private boolean isInPlace(int chunk, ByteBuffer content, MessageDigest hash) throws IOException {
        byte[] expected = index.chunkDigest(chunk).bytes();
        for (long place : missing.placesOf(chunk)) {
            read(place, content.clear().limit(index.chunkLength(chunk)));
            hash.update(content.flip());
            if (!MessageDigest.isEqual(hash.digest(), expected)) {
                return false;
            }
        }
        return true;
    }

    private void clear(long from, long to, ByteBuffer buffer) throws IOException {
        for (long position = from; position < to; ) {
            int length = (int) Math.min(CLEAR_BYTES, to - position);
            read(position, buffer.clear().limit(length));
            ByteBuffer zeros = ByteBuffer.allocate(buffer.position());
            if (!buffer.flip().equals(zeros)) {
                write(zeros, position);
            }
            position += length;
        }
    }

    private void write(ByteBuffer content, long offset) throws IOException {
        for (long position = offset; content.hasRemaining(); ) {
            position += target.write(content, position);
        }
    }

    /** What is there; at the end of the target it is less than asked for. */
    private void read(long offset, ByteBuffer buffer) throws IOException {
        int read = 0;
        while (read >= 0 && buffer.hasRemaining()) {
            read = target.read(buffer, offset + buffer.position());
        }
    }
}
