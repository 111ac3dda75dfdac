package io.dvcr.importers.source;

import java.io.IOException;
import java.time.Duration;

/**
 * Whether a source is too slow. Only the time in which it is waited for counts: who reads it may have its own reasons
 * to be slow. Not thread-safe.
 */
final class Pace {
    private final Duration window;
    private final long leastBytes;
    private long waitedNanos;
    private long bytes;

    Pace(DownloadPatience patience) {
        this.window = patience.stallTimeout();
        this.leastBytes = patience.minBytesPerSecond() * window.toMillis() / 1000;
    }

    /** @throws IOException if a whole {@code stallTimeout} brought less than it has to */
    void arrived(long count, long afterNanos) throws IOException {
        waitedNanos += afterNanos;
        bytes += count;
        if (waitedNanos < window.toNanos()) {
            return;
        }
        boolean tooSlow = bytes < leastBytes;
        begin();
        if (tooSlow) {
            throw new IOException("it sent less than " + leastBytes + " bytes in " + window.toMillis() + " ms");
        }
    }

    void begin() {
        waitedNanos = 0;
        bytes = 0;
    }
}
