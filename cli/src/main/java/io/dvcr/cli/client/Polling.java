package io.dvcr.cli.client;

import java.io.InterruptedIOException;
import java.time.Duration;

/** Asking a server again and again until something has happened. */
public final class Polling {
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private Polling() {}

    /**
     * Waits before asking once more.
     *
     * @param ifInterrupted what a person is told who does not wait for the end
     */
    public static void pause(String ifInterrupted) throws InterruptedIOException {
        try {
            Thread.sleep(INTERVAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(ifInterrupted);
        }
    }
}
