package io.dvcr.importers.job;

import io.dvcr.importers.image.ConvertedImages;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A conversion, with the thread that works on it while one does. Thread-safe. */
final class RunningDownloadConversion {
    private final CountDownLatch end = new CountDownLatch(1);
    private DownloadConversion state;
    private @Nullable Thread worker;
    private boolean cancelled;

    /** @param state pending, or how it has ended */
    RunningDownloadConversion(DownloadConversion state) {
        this.state = state;
    }

    synchronized ConversionKey key() {
        return state.key();
    }

    /** As it is, with how far {@code converted} has come. */
    synchronized DownloadConversion snapshot(ConvertedImages converted) {
        if (state.phase() == ImportPhase.RUNNING) {
            state = state.running(Math.max(
                    state.percent(),
                    converted.percent(state.key().digest(), state.key().format())));
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

    synchronized void settle(DownloadConversion ended) {
        worker = null;
        state = ended;
        end.countDown();
    }

    void awaitEnd(Duration patience) {
        RunningImport.await(end, patience);
    }
}
