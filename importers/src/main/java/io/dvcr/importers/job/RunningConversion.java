package io.dvcr.importers.job;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import org.jspecify.annotations.Nullable;

/** A conversion that has not ended, with the thread that works on it once one does. Thread-safe. */
final class RunningConversion {
    private final Pushed pushed;
    private final ProgressMeter meter = new ProgressMeter();
    private @Nullable Thread worker;
    private boolean cancelled;

    /** The manifest that is converted. */
    record Pushed(RepositoryName repository, Digest manifest) {}

    RunningConversion(Pushed pushed) {
        this.pushed = pushed;
    }

    Pushed pushed() {
        return pushed;
    }

    ProgressMeter meter() {
        return meter;
    }

    /** The current thread begins to work on it; returns false if it was cancelled before. */
    synchronized boolean begin() {
        worker = Thread.currentThread();
        return !cancelled;
    }

    synchronized void cancel() {
        cancelled = true;
        if (worker != null) {
            worker.interrupt();
        }
    }

    /** The worker is done, and is not interrupted from here on; returns whether it was to stop. */
    synchronized boolean end() {
        worker = null;
        return cancelled;
    }
}
