package io.dvcr.importers.source;

import java.time.Duration;

/**
 * How downloads bear with their sources.
 *
 * @param stallTimeout how long a source may send nothing
 * @param minBytesPerSecond what it has to send while it is waited for, over each {@code stallTimeout}
 * @param backoff how often, and after what waits, a source that failed is asked again
 * @param longestRetryAfter how long is waited at most because a source asks for it
 */
public record DownloadPatience(
        Duration stallTimeout, long minBytesPerSecond, Backoff backoff, Duration longestRetryAfter) {
    public static final DownloadPatience DEFAULTS = new DownloadPatience(
            Duration.ofSeconds(60),
            1024,
            new Backoff(6, Duration.ofMillis(500), Duration.ofSeconds(30)),
            Duration.ofMinutes(5));

    public DownloadPatience {
        if (!stallTimeout.isPositive() || minBytesPerSecond < 0 || longestRetryAfter.isNegative()) {
            throw new IllegalArgumentException("stallTimeout, minRate and longestRetryAfter must not be negative");
        }
    }

    /** One with the defaults of the rest. */
    public DownloadPatience(Duration stallTimeout, Backoff backoff) {
        this(stallTimeout, DEFAULTS.minBytesPerSecond(), backoff, DEFAULTS.longestRetryAfter());
    }

    /** The least that has to arrive for an attempt to count as one that got on. */
    long leastProgressBytes() {
        return Math.max(1, minBytesPerSecond * stallTimeout.toMillis() / 1000);
    }
}
