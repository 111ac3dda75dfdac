package io.dvcr.importers.unpack;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.InterruptedIOException;

/**
 * What is left of {@link UnpackLimits} while a file is unpacked. The clock stands while the source is waited for, and
 * while nobody reads. Used by one thread at a time.
 */
final class Budget {
    private final UnpackLimits limits;
    private final long begun = System.nanoTime();
    private long idleNanos;
    private long stopped = begun;
    private boolean standing = true;

    Budget(UnpackLimits limits) {
        this.limits = limits;
    }

    /** Work begins, or goes on. */
    void start() {
        if (standing) {
            idleNanos += System.nanoTime() - stopped;
            standing = false;
        }
    }

    /** From here on it is others who take the time. */
    void stop() {
        stopped = System.nanoTime();
        standing = true;
    }

    /** @throws InterruptedIOException if the thread is to stop */
    static void requireNoInterrupt() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while unpacking");
        }
    }

    /**
     * To be asked at every step, so that work without end has one.
     *
     * @throws UnpackException if the time is used up
     * @throws InterruptedIOException if the thread is to stop
     */
    void requireTime() throws InterruptedIOException {
        requireNoInterrupt();
        if (System.nanoTime() - begun - idleNanos > limits.time().toNanos()) {
            throw UnpackError.refuse(Fault.SOURCE_TOO_SLOW, "unpacking took longer than " + limits.time());
        }
    }

    /** @throws UnpackException if {@code bytes} are more than may come out of one compression or tar */
    void requireRoom(long bytes) {
        if (bytes > limits.bytes()) {
            throw UnpackError.refuse(
                    Fault.SOURCE_TOO_LARGE,
                    "what is in the source is larger than the limit of " + limits.bytes() + " bytes");
        }
    }
}
