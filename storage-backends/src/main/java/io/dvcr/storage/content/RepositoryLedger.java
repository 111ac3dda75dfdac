package io.dvcr.storage.content;

import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** The account of one repository, and when it was last counted. Thread-safe; one count at a time. */
final class RepositoryLedger {
    private static final Duration REFRESH = Duration.ofMinutes(1);

    /** A refused client may try again at once, and must not keep the store busy with counting. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    /** How many times as long as it took to count nobody counts again. */
    private static final int REST = 20;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final RepositoryName repository;
    private final HeldContent content;
    private final Clock clock;
    private final RepositoryAccount account = new RepositoryAccount();
    private final ReentrantLock counting = new ReentrantLock();
    private volatile boolean freed;
    private final AtomicLong counts = new AtomicLong();
    private volatile Instant lastCount = Instant.MIN;
    private volatile Duration rest = Duration.ZERO;

    RepositoryLedger(RepositoryName repository, HeldContent content, Clock clock) {
        this.repository = repository;
        this.content = content;
        this.clock = clock;
    }

    RepositoryAccount account() {
        return account;
    }

    /** Something was taken from the repository, which the next count will show. */
    void freed() {
        freed = true;
    }

    /** Counts if that was never done, or is long ago and nobody is at it. */
    void refresh() throws IOException {
        if (counts.get() == 0) {
            count(0, true);
        } else if (isOlderThan(REFRESH)) {
            count(counts.get(), false);
        }
    }

    /** Counts if there may be room that the figure does not show; returns whether there is a new figure. */
    boolean countAgain() throws IOException {
        long seen = counts.get();
        if (!freed && !isOlderThan(AGAIN)) {
            return false;
        }
        count(seen, true);
        return true;
    }

    private boolean isOlderThan(Duration age) {
        Duration longer = age.compareTo(rest) > 0 ? age : rest;
        return !clock.instant().isBefore(lastCount.plus(longer));
    }

    /** @param seen how many counts there were when this one was found needed */
    private void count(long seen, boolean waits) throws IOException {
        if (!takeTurn(waits)) {
            return;
        }
        try {
            if (counts.get() == seen || freed) {
                count();
            }
        } finally {
            counting.unlock();
        }
    }

    private boolean takeTurn(boolean waits) throws IOException {
        try {
            if (counting.tryLock() || (waits && counting.tryLock(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS))) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (waits) {
            throw new IOException("waited too long for a count of what " + repository + " holds");
        }
        return false;
    }

    private void count() throws IOException {
        Instant began = clock.instant();
        freed = false;
        account.beginCount();
        try {
            account.endCount(content.count(repository));
        } catch (IOException | RuntimeException e) {
            freed = true;
            account.abandonCount();
            throw e;
        }
        lastCount = clock.instant();
        rest = Duration.between(began, lastCount).multipliedBy(REST);
        counts.incrementAndGet();
    }
}
