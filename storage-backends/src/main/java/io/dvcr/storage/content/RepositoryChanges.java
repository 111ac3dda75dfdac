package io.dvcr.storage.content;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.RepositoryGates.Passage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;

/**
 * Keeps what was judged from being overtaken: manifests and tags are added to a repository side by side, and removed only
 * while nobody adds and nobody has added since it was judged that they may go. Looking, which may take long, keeps nobody
 * waiting. Threads of this server wait for each other by locks, for those of other servers by {@link RepositoryGates}.
 * Thread-safe.
 */
final class RepositoryChanges {
    /** Repositories share locks, so that their number does not matter. */
    private static final int STRIPES = 256;

    private static final int LOOKS = 5;
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final ReentrantReadWriteLock[] locks = IntStream.range(0, STRIPES)
            .mapToObj(_ -> new ReentrantReadWriteLock())
            .toArray(ReentrantReadWriteLock[]::new);
    private final AtomicLongArray additions = new AtomicLongArray(STRIPES);
    private final RepositoryGates gates;

    RepositoryChanges(RepositoryGates gates) {
        this.gates = gates;
    }

    interface Action {
        void run() throws IOException;
    }

    interface Look<T> {
        T look() throws IOException;
    }

    interface Removal<T> {
        void remove(T seen) throws IOException;
    }

    /** What was added so far. */
    Additions additions(RepositoryName repository) throws IOException {
        return new Additions(additions.get(stripe(repository)), gates.additions(repository));
    }

    void add(RepositoryName repository, Action action) throws IOException {
        ReentrantReadWriteLock lock = locks[stripe(repository)];
        boolean within = lock.getReadHoldCount() > 0;
        take(lock.readLock(), repository);
        try (Passage passage = within ? Passage.FREE : gates.toAdd(repository)) {
            action.run();
            passage.requireSure();
        } finally {
            additions.incrementAndGet(stripe(repository));
            lock.readLock().unlock();
        }
    }

    /** Removes if nothing was added since there were {@code before}; returns whether it did. */
    boolean removeIfUnchanged(RepositoryName repository, Additions before, Action removal) throws IOException {
        Lock lock = locks[stripe(repository)].writeLock();
        take(lock, repository);
        try (Passage passage = gates.toRemove(repository)) {
            if (!additions(repository).equals(before)) {
                return false;
            }
            passage.requireSure();
            removal.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Removes what a look finds, which has not changed since. */
    <T> void remove(RepositoryName repository, Look<T> look, Removal<T> removal) throws IOException {
        for (int looks = 1; looks < LOOKS; looks++) {
            Additions before = additions(repository);
            T seen = look.look();
            if (removeIfUnchanged(repository, before, () -> removal.remove(seen))) {
                return;
            }
        }
        removeAlone(repository, () -> removal.remove(look.look())); // added to without pause: that has to wait
    }

    private void removeAlone(RepositoryName repository, Action removal) throws IOException {
        Lock lock = locks[stripe(repository)].writeLock();
        take(lock, repository);
        try (Passage passage = gates.toRemove(repository)) {
            passage.requireSure();
            removal.run();
        } finally {
            lock.unlock();
        }
    }

    private static void take(Lock lock, RepositoryName repository) throws IOException {
        try {
            if (!lock.tryLock(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("waited too long for other changes of " + repository);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private static int stripe(RepositoryName repository) {
        return Math.floorMod(repository.hashCode(), STRIPES);
    }
}
