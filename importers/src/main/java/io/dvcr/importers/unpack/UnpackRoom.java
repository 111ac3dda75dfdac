package io.dvcr.importers.unpack;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;

/**
 * Room in the heap for the dictionaries of xz, which all that unpack at the same time share: of those that are large,
 * one file's has room at a time, and others wait for it. So the heap need not grow with the number of imports. What
 * {@code xz} packs unless it is told otherwise is small, and waits for nobody. Thread-safe.
 */
public final class UnpackRoom {
    private final Semaphore large = new Semaphore(1, true);

    void take() throws InterruptedIOException {
        try {
            large.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for room to unpack in");
        }
    }

    /** Takes it if nobody has it. */
    boolean tryToTake() {
        return large.tryAcquire();
    }

    /** Whether somebody waits. */
    boolean isAwaited() {
        return large.hasQueuedThreads();
    }

    void giveBack() {
        large.release();
    }
}
