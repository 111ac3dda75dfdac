package io.dvcr.virt.volumes;

import io.dvcr.virt.runtime.Volumes.Volume.Filling;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The making of one volume in the background, on a thread of its own. Thread-safe. */
final class Fill {
    /** Makes the volume, and tells how many bytes of it are done. Ends soon when it is interrupted. */
    interface Work {
        void run(LongConsumer progress) throws IOException, InterruptedException;
    }

    private static final Duration LONGEST_CANCELLATION = Duration.ofSeconds(10);

    private final AtomicLong doneBytes = new AtomicLong();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final long totalBytes;
    private final Thread thread;

    private volatile @Nullable Exception failure;
    private volatile boolean over;

    /** @param changed called when it has come further by a percent, and when it is over */
    static Fill begin(String name, long totalBytes, Work work, Runnable changed) {
        Fill fill = new Fill(name, totalBytes, work);
        fill.listeners.add(changed);
        fill.thread.start();
        return fill;
    }

    private Fill(String name, long totalBytes, Work work) {
        this.totalBytes = totalBytes;
        this.thread = Thread.ofVirtual().name("volume-" + name).unstarted(() -> run(work));
    }

    /** Has {@code changed} called too. */
    void tell(Runnable changed) {
        listeners.add(changed);
        if (over) {
            changed.run();
        }
    }

    boolean isOver() {
        return over;
    }

    /** Why there is no volume, if it is over and failed. */
    Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    Filling progress() {
        return new Filling(percent(doneBytes.get()), doneBytes.get());
    }

    /** Waits until it is over. */
    void await() throws IOException, InterruptedException {
        thread.join();
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    /** Ends it. What is half-made stays. */
    void cancel() throws IOException {
        thread.interrupt();
        try {
            if (!thread.join(LONGEST_CANCELLATION)) {
                throw new IOException("the making of " + thread.getName() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + thread.getName() + " ends", e);
        }
    }

    private void run(Work work) {
        try {
            work.run(this::advance);
        } catch (IOException | RuntimeException | InterruptedException e) {
            failure = e;
        } finally {
            over = true;
            listeners.forEach(Runnable::run);
        }
    }

    private void advance(long done) {
        long before = doneBytes.getAndAccumulate(done, Math::max);
        if (percent(done) > percent(before)) {
            listeners.forEach(Runnable::run);
        }
    }

    private int percent(long done) {
        return (int) Math.clamp(done * 100.0 / totalBytes, 0, 100);
    }
}
