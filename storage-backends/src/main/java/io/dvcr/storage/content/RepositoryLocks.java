package io.dvcr.storage.content;

import io.dvcr.storage.RepositoryName;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * A lock for each repository, so that what is decided by looking at it still holds when it is done. A few repositories
 * share one. Within one process only. Thread-safe.
 */
final class RepositoryLocks {
    private static final int LOCKS = 64;

    private final ReentrantLock[] locks =
            IntStream.range(0, LOCKS).mapToObj(_ -> new ReentrantLock()).toArray(ReentrantLock[]::new);

    /** Closing it releases the lock. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /** Waits for the lock and holds it. */
    Held hold(RepositoryName repository) {
        ReentrantLock lock = locks[Math.floorMod(repository.hashCode(), LOCKS)];
        lock.lock();
        return lock::unlock;
    }
}
