package io.dvcr.converters.disk;

import io.dvcr.converters.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Prepares chunks on a few threads and hands them on in the order in which they came, on the thread that brings them.
 * They go to the threads by the batch, since waking one costs as much as hashing a chunk. Not thread-safe. Memory is
 * bounded: when enough batches are under way, bringing one waits for the oldest.
 */
final class ChunkPipeline implements Chunker.Output, Closeable {
    private static final int BATCH_CHUNKS = 8;
    private static final int UNDER_WAY_PER_THREAD = 2;

    private final ExecutorService threads;
    private final BlockingQueue<ChunkCompressor> compressors;
    private final int maxUnderWay;
    private final Next next;
    private final Queue<Batch> underWay = new ArrayDeque<>();
    private final Queue<byte[]> spareBuffers = new ArrayDeque<>();
    private List<CutChunk> batch = new ArrayList<>(BATCH_CHUNKS);

    /** A chunk as it was cut. */
    private record CutChunk(long firstBlock, ByteBuffer content) {}

    /** Chunks with a thread, the first of which begins at {@code firstBlock}. */
    private record Batch(long firstBlock, Future<List<PreparedChunk>> chunks) {}

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
        batch.add(new CutChunk(firstBlock, ByteBuffer.wrap(content, 0, length)));
        if (batch.size() == BATCH_CHUNKS) {
            submit();
        }
    }

    /** Where the first chunk begins that has not been handed on; empty if there is none. */
    OptionalLong oldestBlock() {
        if (!underWay.isEmpty()) {
            return OptionalLong.of(underWay.element().firstBlock());
        }
        return batch.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(batch.getFirst().firstBlock());
    }

    /** Hands on every chunk there is. */
    void drain() throws IOException {
        submit();
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

    private void submit() throws IOException {
        while (underWay.size() >= maxUnderWay || isOldestDone()) {
            handOn();
        }
        List<CutChunk> chunks = batch;
        if (chunks.isEmpty()) {
            return;
        }
        underWay.add(new Batch(chunks.getFirst().firstBlock(), threads.submit(() -> prepare(chunks))));
        batch = new ArrayList<>(BATCH_CHUNKS);
    }

    private boolean isOldestDone() {
        Batch oldest = underWay.peek();
        return oldest != null && oldest.chunks().isDone();
    }

    private void handOn() throws IOException {
        for (PreparedChunk chunk : Waiting.on(underWay.remove().chunks())) {
            next.chunk(chunk);
            spareBuffers.add(chunk.content().array());
        }
    }

    private List<PreparedChunk> prepare(List<CutChunk> chunks) throws InterruptedException {
        ChunkCompressor compressor = compressors.take(); // there is one for each thread
        try {
            return chunks.stream()
                    .map(chunk -> compressor.prepare(
                            chunk.firstBlock(),
                            chunk.content().array(),
                            chunk.content().remaining()))
                    .toList();
        } finally {
            compressors.add(compressor);
        }
    }
}
