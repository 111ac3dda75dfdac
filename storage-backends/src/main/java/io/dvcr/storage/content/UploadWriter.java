package io.dvcr.storage.content;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The right to write to one upload, until it is released. Another may ask its holder to give way, but gets the right
 * only when the holder has released it, so an upload never has two writers. Thread-safe.
 */
final class UploadWriter {
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** What the holder waits for bytes of, and since when, as {@link System#nanoTime()} tells it. */
    private record Waiting(InputStream source, long sinceNanos) {}

    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicReference<Optional<Waiting>> waiting = new AtomicReference<>(Optional.empty());
    private volatile boolean ousted;
    private volatile boolean over;

    /** Reads for the holder: the only thing that it can be made to stop. */
    int read(InputStream source, byte[] buffer, int length) throws IOException {
        waiting.set(Optional.of(new Waiting(source, System.nanoTime())));
        try {
            if (ousted) {
                throw new IOException("another has taken the upload");
            }
            return source.read(buffer, 0, length);
        } finally {
            waiting.set(Optional.empty());
        }
    }

    /** Whether the holder was made to stop, which is why its source has failed. */
    boolean isOusted() {
        return ousted;
    }

    /** For the holder, when there is no upload any more. */
    void end() {
        over = true;
    }

    /** Whether the upload is gone. */
    boolean isOver() {
        return over;
    }

    /** Whether the holder has released the right. */
    boolean isReleased() {
        return released.getCount() == 0;
    }

    /** Whether the holder has waited for bytes that long. */
    boolean isSilentFor(Duration silence) {
        return waiting.get()
                .filter(now -> System.nanoTime() - now.sinceNanos() >= silence.toNanos())
                .isPresent();
    }

    /** Makes the holder stop as soon as it waits for bytes. */
    void oust() throws IOException {
        ousted = true;
        Optional<Waiting> now = waiting.get();
        if (now.isPresent()) {
            now.get().source().close();
        }
    }

    /** For the holder, when it will not touch the upload again. */
    void release() {
        released.countDown();
    }

    /**
     * Waits until the right is released, and stops a holder that has been silent for {@code silence}.
     *
     * @param deadlineNanos as {@link System#nanoTime()} tells it
     * @return whether it is released
     */
    boolean awaitRelease(Duration silence, long deadlineNanos) throws IOException {
        try {
            for (long left = deadlineNanos - System.nanoTime(); left > 0; left = deadlineNanos - System.nanoTime()) {
                if (released.await(Math.min(left, LOOK_EVERY_NANOS), TimeUnit.NANOSECONDS)) {
                    return true;
                }
                stopIfSilent(silence);
            }
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for another writer");
        }
    }

    private void stopIfSilent(Duration silence) throws IOException {
        if (isSilentFor(silence)) {
            oust();
        }
    }
}
