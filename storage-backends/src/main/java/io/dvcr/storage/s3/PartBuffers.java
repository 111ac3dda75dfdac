package io.dvcr.storage.s3;

import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Memory for whole parts, outside the heap and used again, of which all uploads together have so much and no more. Parts
 * that are on their way come back by themselves, so an upload that has to wait waits for the server, or for clients
 * that are slow to fill a part. Thread-safe.
 */
final class PartBuffers {
    private final int partBytes;
    private final Duration longestWait;
    private final Semaphore room;
    private final Queue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

    /** @param longestWait after which who needs a buffer is told to come again */
    PartBuffers(int partBytes, int count, Duration longestWait) {
        this.partBytes = partBytes;
        this.longestWait = longestWait;
        this.room = new Semaphore(count, true);
    }

    /**
     * An empty buffer, to be given back.
     *
     * @throws StoreUnavailableException if others have all of them for long
     */
    ByteBuffer take() throws IOException {
        try {
            if (!room.tryAcquire(longestWait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreUnavailableException("too many uploads at once: all memory for their parts is taken");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for memory for a part");
        }
        return Optional.ofNullable(free.poll())
                .orElseGet(() -> ByteBuffer.allocateDirect(partBytes))
                .clear();
    }

    void giveBack(ByteBuffer buffer) {
        free.add(buffer);
        room.release();
    }
}
