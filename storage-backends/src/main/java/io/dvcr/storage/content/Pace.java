package io.dvcr.storage.content;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps a reader to a number of bytes a second. What it was slower by, it does not make up for. Not thread-safe: the one
 * reader's.
 */
final class Pace {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long SHORTEST_PAUSE_NANOS = 10_000_000;

    private final long bytesPerSecond;
    private final LongSupplier nanoTime;
    private final Pause pause;
    private long free;

    /** Waits for a while. */
    @FunctionalInterface
    interface Pause {
        /** @throws IOException if the reader is to stop */
        void pause(Duration duration) throws IOException;
    }

    /** @param nanoTime a clock that never goes back */
    Pace(long bytesPerSecond, LongSupplier nanoTime, Pause pause) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoTime = nanoTime;
        this.pause = pause;
        this.free = nanoTime.getAsLong();
    }

    /** To be told of every few bytes that were read; returns when more may be. */
    void read(long bytes) throws IOException {
        long now = nanoTime.getAsLong();
        free = Math.max(free, now) + Math.round((double) bytes / bytesPerSecond * NANOS_PER_SECOND);
        if (free - now >= SHORTEST_PAUSE_NANOS) {
            pause.pause(Duration.ofNanos(free - now));
        }
    }
}
