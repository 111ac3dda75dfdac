package io.dvcr.converters.disk;

import io.dvcr.converters.Waiting;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The windows of a stretch of a disk, in order, fetched ahead on a few threads. Not thread-safe. */
final class WindowStream implements Closeable {
    private final DiskIndex index;
    private final PackSource packs;
    private final int endExtent;
    private final int maxAhead;
    private final ExecutorService threads;
    private final Queue<Future<Fetched>> ahead = new ArrayDeque<>();
    private int nextExtent;

    /** A window and its chunks by number. */
    record Fetched(ChunkWindow window, Map<Integer, byte[]> contents) {}

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

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }

    private void fetchAhead() {
        while (nextExtent < endExtent && ahead.size() < maxAhead) {
            ChunkWindow window = ChunkWindow.starting(index, nextExtent, endExtent);
            ahead.add(threads.submit(() -> new Fetched(window, window.fetch(packs))));
            nextExtent = window.endExtent();
        }
    }
}
