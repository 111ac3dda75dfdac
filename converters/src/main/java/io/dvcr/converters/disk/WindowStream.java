package io.dvcr.converters.disk;

import io.dvcr.converters.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The windows of a stretch of a disk, in order, fetched ahead on a few threads. The memory of a window is used again for
 * later ones, since what lives that long is garbage that costs to collect. Not thread-safe.
 */
final class WindowStream implements Closeable {
    private final DiskIndex index;
    private final PackSource packs;
    private final int endExtent;
    private final int maxAhead;
    private final ExecutorService threads;
    private final Queue<Future<Fetched>> ahead = new ArrayDeque<>();
    private final Queue<ByteBuffer> spare = new ArrayDeque<>();
    private int nextExtent;

    /** A window and its chunks by number, which lie in {@code memory}. */
    record Fetched(ChunkWindow window, Map<Integer, ByteBuffer> contents, ByteBuffer memory) {}

    WindowStream(DiskIndex index, PackSource packs, int firstExtent, int endExtent, int threads) {
        this.index = index;
        this.packs = packs;
        this.nextExtent = firstExtent;
        this.endExtent = endExtent;
        this.maxAhead = threads;
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("disk-windows-", 0).factory());
    }

    boolean hasNext() {
        return nextExtent < endExtent || !ahead.isEmpty();
    }

    Fetched next() throws IOException {
        fetchAhead();
        Fetched next = Waiting.on(ahead.remove());
        fetchAhead();
        return next;
    }

    /** Nothing of {@code fetched} is needed any more. */
    void done(Fetched fetched) {
        spare.add(fetched.memory());
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }

    private void fetchAhead() {
        while (nextExtent < endExtent && ahead.size() < maxAhead) {
            ChunkWindow window = ChunkWindow.starting(index, nextExtent, endExtent);
            ByteBuffer memory = memory(window);
            ahead.add(threads.submit(() -> new Fetched(window, window.fetch(packs, memory), memory)));
            nextExtent = window.endExtent();
        }
    }

    /** If there is more than one window, each gets as much as the largest needs. */
    private ByteBuffer memory(ChunkWindow window) {
        ByteBuffer memory = spare.poll();
        if (memory != null && memory.capacity() >= window.bytes()) {
            return memory;
        }
        return ByteBuffer.allocate(window.endExtent() < endExtent ? ChunkWindow.MAX_BYTES : window.bytes());
    }
}
