package io.dvcr.importers.source;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after what waits, something that failed is tried again: each wait is twice the one before, up to
 * {@code longest}, and shortened at random by up to half so that many clients do not come back together.
 *
 * @param attempts in a row without progress, the first included
 */
public record Backoff(int attempts, Duration first, Duration longest) {

    /** Waits after {@code failures} attempts in a row have failed. */
    public void pause(int failures) throws InterruptedIOException {
        pause(failures, Duration.ZERO);
    }

    /** The same, but no less than {@code least}; who was told a time does not come back before it. */
    void pause(int failures, Duration least) throws InterruptedIOException {
        long doubled = first.toMillis() << Math.min(failures - 1, 20);
        long millis = Math.min(doubled, longest.toMillis());
        long shortened = millis - ThreadLocalRandom.current().nextLong(millis / 2 + 1);
        long told = least.isZero() ? 0 : least.toMillis() + millis - shortened;
        try {
            Thread.sleep(Math.max(shortened, told));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted between two attempts");
        }
    }
}
