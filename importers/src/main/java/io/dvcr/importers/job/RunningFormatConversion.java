package io.dvcr.importers.job;

import io.dvcr.importers.image.ConvertedImages;
import io.dvcr.importers.image.StoredImage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A conversion, with the thread that works on it while one does. Thread-safe. */
final class RunningFormatConversion {
    private final StoredImage image;
    private final CountDownLatch end = new CountDownLatch(1);
    private FormatConversion state;
    private @Nullable Thread worker;
    private boolean cancelled;

    RunningFormatConversion(StoredImage image, FormatConversion pending) {
        this.image = image;
        this.state = pending;
    }

    StoredImage image() {
        return image;
    }

    synchronized ConversionKey key() {
        return state.key();
    }

    /** As it is, with how far {@code converted} has come. */
    synchronized FormatConversion snapshot(ConvertedImages converted) {
        if (state.phase() == ImportPhase.RUNNING) {
            state = state.running(Math.max(
                    state.percent(), converted.percent(image, state.key().format())));
        }
        return state;
    }

    synchronized boolean hasEnded() {
        return state.phase().ended();
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    synchronized boolean isUnderWay() {
        return !cancelled && !hasEnded();
    }

    /** The current thread begins to work on it; returns false if it was cancelled before. */
    synchronized boolean begin() {
        if (cancelled) {
            return false;
        }
        worker = Thread.currentThread();
        state = state.running(0);
        return true;
    }

    synchronized void cancel() {
        cancelled = true;
        if (worker != null) {
            worker.interrupt();
        } else if (!hasEnded()) {
            settle(state.cancelled());
        }
    }

    synchronized void settle(FormatConversion ended) {
        worker = null;
        state = ended;
        end.countDown();
    }

    void awaitEnd(Duration patience) {
        RunningImport.await(end, patience);
    }
}
