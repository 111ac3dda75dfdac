package io.dvcr.importers.job;

import org.jspecify.annotations.Nullable;

/** A job that has not ended, with the thread that works on it once one does. Thread-safe. */
final class RunningImport {
    private final ProgressMeter meter = new ProgressMeter();
    private ImportJob job;
    private @Nullable Thread worker;
    private boolean cancelled;

    RunningImport(ImportJob job) {
        this.job = job;
    }

    ProgressMeter meter() {
        return meter;
    }

    synchronized ImportJob snapshot() {
        return job.phase() == ImportPhase.RUNNING ? job.running(meter.now()) : job;
    }

    /** The current thread begins to work on it; returns false if it was cancelled before. */
    synchronized boolean begin() {
        if (cancelled) {
            return false;
        }
        worker = Thread.currentThread();
        job = job.running(meter.now());
        return true;
    }

    /** Stops it; returns true if nobody has begun to work on it, nor will. */
    synchronized boolean cancel() {
        cancelled = true;
        if (worker != null) {
            worker.interrupt();
        }
        return job.phase() == ImportPhase.PENDING;
    }

    /** Whether it is on its way to do what {@code request} asks. */
    synchronized boolean answers(ImportRequest request) {
        return !cancelled && !job.phase().ended() && job.request().equals(request);
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    /** The worker is done; from here on it is not interrupted. */
    synchronized void settle(ImportJob ended) {
        worker = null;
        job = ended;
    }
}
