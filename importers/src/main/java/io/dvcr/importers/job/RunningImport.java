package io.dvcr.importers.job;

import io.dvcr.storage.lease.Lease;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A job that has not ended, with the thread that works on it once one of this server does. Of several servers over one
 * store another may have it. Thread-safe.
 */
final class RunningImport {
    private final ImportRequest request;
    private final ProgressMeter meter = new ProgressMeter();
    private final CountDownLatch end = new CountDownLatch(1);
    private ImportJob job;
    private @Nullable Thread worker;
    private Optional<Lease> lease = Optional.empty();
    private boolean elsewhere;
    private boolean lost;
    private boolean cancelled;

    RunningImport(ImportJob job) {
        this.request = job.request();
        this.job = job;
    }

    ImportRequest request() {
        return request;
    }

    ProgressMeter meter() {
        return meter;
    }

    synchronized ImportJob snapshot() {
        return job;
    }

    /** Whether this server has the lease for it. */
    synchronized boolean isHere() {
        return lease.isPresent();
    }

    /** Whether this server has the lease for it, and so for {@code other}, which is to the same tag. */
    boolean isHereFor(RunningImport other) {
        return isHere()
                && request.repository().equals(other.request.repository())
                && request.tag().equals(other.request.tag());
    }

    /** Whether another server has the lease for it, or had when that was last tried. */
    synchronized boolean isElsewhere() {
        return elsewhere;
    }

    /** Another server has the lease for it. */
    synchronized void leaveToOthers() {
        elsewhere = true;
        lease = Optional.empty();
    }

    /** What the store says of it, that another server stored; returns whether that is news. */
    synchronized boolean follow(ImportJob stored) {
        if (lease.isPresent() || stored.phase() == ImportPhase.PENDING || stored.equals(job)) {
            return false;
        }
        job = stored;
        return true;
    }

    /** Stops it if another server may have taken it over. */
    synchronized void loseUnlessHeld() {
        if (worker != null && lease.filter(Lease::isHeld).isEmpty()) {
            lost = true;
            worker.interrupt();
        }
    }

    synchronized boolean isLost() {
        return lost;
    }

    /**
     * The current thread begins to work on it; returns false if it was cancelled before.
     *
     * @param stored how far it is as the store says, which another server may have written
     */
    synchronized boolean begin(Lease right, ImportJob stored) {
        if (cancelled) {
            return false;
        }
        lease = Optional.of(right);
        elsewhere = false;
        lost = false;
        job = stored;
        worker = Thread.currentThread();
        job = job.running(job.progress());
        return true;
    }

    /** Where it stands among those that wait; returns whether that is news. */
    synchronized boolean moveTo(int position) {
        if (job.phase() != ImportPhase.PENDING || job.queuePosition().orElse(0) == position) {
            return false;
        }
        job = job.at(position);
        return true;
    }

    /** What is told of it from now on. */
    synchronized void tell(ImportProgress progress) {
        if (job.phase() == ImportPhase.RUNNING) {
            job = job.running(progress);
        }
    }

    /** Stops it; returns true if nobody has begun to work on it, nor will. */
    synchronized boolean cancel() {
        cancelled = true;
        if (worker != null) {
            worker.interrupt();
        }
        return job.phase() == ImportPhase.PENDING;
    }

    /** Whether it is on its way to do what {@code wanted} asks. */
    synchronized boolean answers(ImportRequest wanted) {
        return !cancelled && !job.phase().ended() && request.equals(wanted);
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    /** The worker has done what can be cancelled: from here on it is not interrupted, nor was it. */
    synchronized void stopWorking() {
        worker = null;
        lease = Optional.empty();
        Thread.interrupted();
    }

    void settle(ImportJob ended) {
        synchronized (this) {
            worker = null;
            job = ended;
        }
        end.countDown();
    }

    /** Waits until it has ended, for no longer than {@code patience}. */
    void awaitEnd(Duration patience) {
        await(end, patience);
    }

    /** Waits for {@code end}, but not for ever: whoever asks afterwards learns whether it came. */
    static void await(CountDownLatch end, Duration patience) {
        try {
            var _ = end.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
