package io.dvcr.virt.store;

import io.dvcr.storage.RegistryError.Gone;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources.Change;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The latest changes of a store, in order: whoever knows a version can learn what has changed since, unless that is too
 * long ago. Thread-safe.
 */
public final class ChangeLog {
    private static final int KEPT = 4096;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Entry> entries = new ArrayDeque<>();
    private long forgotten;
    private long last;
    private boolean closed;

    /** @param version from which on changes are kept */
    ChangeLog(long version) {
        this.forgotten = version;
        this.last = version;
    }

    /**
     * A change.
     *
     * @param version of the store right after it
     * @param before the resource as it was; empty if there was none
     */
    public record Entry(long version, Optional<Resource<?, ?>> before, Change change) {}

    void append(long version, Optional<Resource<?, ?>> before, Change change) {
        lock.lock();
        try {
            entries.add(new Entry(version, before, change));
            last = version;
            if (entries.size() > KEPT) {
                forgotten = entries.remove().version();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The version of the store after its latest change. */
    public long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What has changed after {@code version}; waits for something to, if nothing has.
     *
     * @param patience for how long it waits
     * @return empty if nothing has changed by then, or if the store is closed
     * @throws RegistryException with {@link Gone} if that is not known any more, or cannot be known yet
     */
    public List<Entry> after(long version, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            requireKnown(version);
            long left = patience.toNanos();
            while (last == version && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            requireKnown(version);
            return since(version);
        } finally {
            lock.unlock();
        }
    }

    private void requireKnown(long version) {
        if (version < forgotten || version > last) {
            throw new RegistryException(new Gone("too old resource version: " + version + " (" + last + ")"));
        }
    }

    private List<Entry> since(long version) {
        List<Entry> result = new ArrayList<>();
        for (Iterator<Entry> latest = entries.descendingIterator(); latest.hasNext(); ) {
            Entry entry = latest.next();
            if (entry.version() <= version) {
                break;
            }
            result.add(entry);
        }
        return result.reversed();
    }

    /** Whether there will be no more changes. */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Lets those go who wait. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
