package io.dvcr.virt.singlehost;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** One machine's record, in memory and on disk alike. Thread-safe. */
final class StoredMachine {
    private final MachineStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile MachineRecord current;

    /** @param current as it is stored */
    StoredMachine(MachineStore store, MachineRecord current) {
        this.store = store;
        this.current = current;
    }

    MachineRecord current() {
        return current;
    }

    MachineFiles files() {
        return store.files(current.spec().name());
    }

    /** Changes the record; it is durable when this returns, and unchanged when this throws. */
    MachineRecord update(UnaryOperator<MachineRecord> change) throws IOException {
        lock.lock();
        try {
            MachineRecord changed = change.apply(current);
            if (!changed.equals(current)) {
                store.update(changed);
                current = changed;
            }
            return changed;
        } finally {
            lock.unlock();
        }
    }

    void delete() throws IOException {
        lock.lock();
        try {
            store.delete(current);
        } finally {
            lock.unlock();
        }
    }
}
