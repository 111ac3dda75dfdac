package io.dvcr.registry.http;

import java.time.Duration;

/**
 * How long we go on waiting for one client to send a body, or to take a reply. It is a purse of waiting time, full at
 * first: waiting spends it, each byte that moves earns what the slowest client allowed would need for it, and it never
 * holds more than at first. So a client may be silent for a while, or slow, but not slow for ever. Not thread-safe.
 */
final class Patience {
    private final double fullNanos;
    private final double nanosPerByte;
    private final long start = System.nanoTime();
    private final long totalNanos;
    private double left;

    Patience(TransferLimits limits) {
        this.fullNanos = limits.silence().toNanos();
        this.nanosPerByte = (double) Duration.ofSeconds(1).toNanos() / limits.minBytesPerSecond();
        this.totalNanos = limits.total().toNanos();
        this.left = fullNanos;
    }

    /** How long to wait for the next byte, in nanoseconds: zero or less means no longer. */
    long nanosLeft() {
        return nanosLeftFor(0);
    }

    /** As {@link #nanosLeft}, of {@code bytes} more than are told one by one, if that is more than none. */
    long nanosLeftFor(long bytes) {
        double longer = left + Math.max(0, bytes) * nanosPerByte;
        return Math.min((long) longer, totalNanos - (System.nanoTime() - start));
    }

    void spend(long nanos) {
        left -= nanos;
    }

    void earn(long bytes) {
        left = Math.min(fullNanos, left + (double) bytes * nanosPerByte);
    }
}
