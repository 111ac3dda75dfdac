package io.dvcr.storage.lease;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Leases over a store that only this process writes to: nobody has to be told, and none is ever lost. Thread-safe. */
public final class LocalLeases implements Leases {
    private final ObjectStore store;
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final AtomicLong epochs = new AtomicLong();
    private final Session session = new Session(UUID.randomUUID().toString(), () -> 0);

    private LocalLeases(ObjectStore store) {
        this.store = store;
        session.renew(1); // for ever
    }

    public static Leases over(ObjectStore store) {
        return new LocalLeases(store);
    }

    @Override
    public Optional<Lease> tryTake(String name) {
        return held.add(name) ? Optional.of(new LocalLease(name, epochs.incrementAndGet())) : Optional.empty();
    }

    /** Only this server can hold anything. */
    @Override
    public Duration takenWithin() {
        return Duration.ZERO;
    }

    @Override
    public Session session() {
        return session;
    }

    /** Whoever wrote to the store before this process does not do so any more. */
    @Override
    public boolean isGone(String other) {
        return !session.id().equals(other);
    }

    @Override
    public boolean areShared() {
        return false;
    }

    private final class LocalLease implements Lease {
        private final String name;
        private final long epoch;
        private volatile boolean closed;

        LocalLease(String name, long epoch) {
            this.name = name;
            this.epoch = epoch;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public boolean isHeld() {
            return !closed;
        }

        @Override
        public void confirm() throws LeaseLostException {
            requireHeld();
        }

        @Override
        public void put(ObjectKey key, ByteBuffer content) throws IOException {
            requireHeld();
            store.put(key, content);
        }

        @Override
        public void putUnlessTaken(ObjectKey key, ByteBuffer content) throws IOException {
            requireHeld();
            boolean _ = store.putIfAbsent(key, content);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                held.remove(name);
            }
        }

        @Override
        public void closeForGood() {
            close();
        }
    }
}
