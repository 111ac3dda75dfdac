package io.dvcr.converters.disk;

import io.dvcr.converters.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Prepares chunks on a few threads and hands them on in the order in which they came, on the thread that brings them.
 * Not thread-safe. Memory is bounded: when enough chunks are under way, bringing one waits for the oldest.
 */
final class ChunkPipeline implements Chunker.Output, Closeable {
    private static final int UNDER_WAY_PER_THREAD = 4;

    private final ExecutorService threads;
    private final BlockingQueue<ChunkCompressor> compressors;
    private final int maxUnderWay;
    private final Next next;
    private final Queue<Future<PreparedChunk>> underWay = new ArrayDeque<>();
    private final Queue<byte[]> spareBuffers = new ArrayDeque<>();

    /** Takes the prepared chunks. */
    interface Next {
        void chunk(PreparedChunk chunk) throws IOException;
    }

    ChunkPipeline(int threads, Supplier<ChunkCompressor> compressors, Next next) {
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("disk-chunks-", 0).factory());
        this.compressors = new ArrayBlockingQueue<>(threads);
        for (int i = 0; i < threads; i++) {
            this.compressors.add(compressors.get());
        }
        this.maxUnderWay = threads * UNDER_WAY_PER_THREAD;
        this.next = next;
    }

    @Override
    public byte[] buffer() {
        byte[] spare = spareBuffers.poll();
        return spare == null ? new byte[DiskFormat.MAX_CHUNK] : spare;
    }

    @Override
    public void chunk(long firstBlock, byte[] content, int length) throws IOException {
        while (underWay.size() >= maxUnderWay || isOldestDone()) {
            handOn();
        }
        underWay.add(threads.submit(() -> prepare(firstBlock, content, length)));
    }

    /** Hands on every chunk there is. */
    void drain() throws IOException {
        while (!underWay.isEmpty()) {
            handOn();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
        List<ChunkCompressor> idle = new ArrayList<>();
        compressors.drainTo(idle);
        idle.forEach(ChunkCompressor::close);
    }

    private boolean isOldestDone() {
        Future<PreparedChunk> oldest = underWay.peek();
        return oldest != null && oldest.isDone();
    }

    private void handOn() throws IOException {
        PreparedChunk chunk = Waiting.on(underWay.remove());
        next.chunk(chunk);
        spareBuffers.add(chunk.content().array());
    }

    private PreparedChunk prepare(long firstBlock, byte[] content, int length) throws InterruptedException {
        ChunkCompressor compressor = compressors.take(); // there is one for each thread
        try {
            return compressor.prepare(firstBlock, content, length);
        } finally {
            compressors.add(compressor);
        }
    }
}
