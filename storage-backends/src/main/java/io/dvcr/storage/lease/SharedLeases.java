package io.dvcr.storage.lease;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leases among servers that share a store and nothing else, over nothing but {@link ObjectStore#putIfAbsent} being
 * atomic. Each time a lease is given it has the next epoch, and the epoch's object, which only one server can make, says
 * to whom. It is taken from a holder that has died, as {@link Witness} judges it. See {@code docs/adr/0017}.
 * Thread-safe.
 */
public final class SharedLeases implements Leases, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedLeases.class);
    private static final int MAX_HOLDER_BYTES = 256;

    /** What an epoch's object says when its holder has given the lease back. */
    private static final String NOBODY = "-";

    private final ObjectStore store;
    private final LeaseKeys keys;
    private final LeaseSettings settings;
    private final Heartbeat heartbeat;
    private final Witness witness;
    private final Set<String> held = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("replica-", 0).factory());

    SharedLeases(ObjectStore store, LeaseKeys keys, LeaseSettings settings, LongSupplier nanoTime) {
        this.store = store;
        this.keys = keys;
        this.settings = settings;
        this.heartbeat = new Heartbeat(store, keys, settings, nanoTime);
        this.witness = new Witness(store, keys, settings, nanoTime);
    }

    /**
     * Shows other servers that this one lives, from now on until it is closed.
     *
     * @param store nothing of which may be remembered in memory
     */
    @SuppressWarnings("FutureReturnValueIgnored") // both run until this is closed and log their own failures
    public static SharedLeases start(ObjectStore store, LeaseKeys keys, LeaseSettings settings) throws IOException {
        SharedLeases leases = new SharedLeases(store, keys, settings, System::nanoTime);
        leases.beat();
        leases.look();
        Duration every = settings.beat();
        leases.timer.scheduleAtFixedRate(leases::tryBeat, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
        leases.timer.scheduleWithFixedDelay(leases::tryLook, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
        return leases;
    }

    void beat() throws IOException {
        heartbeat.beat();
    }

    void look() throws IOException {
        witness.look();
    }

    private void tryBeat() {
        try {
            beat();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("other servers could not be shown that this one lives");
        }
    }

    private void tryLook() {
        try {
            look();
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).log("the signs of life of other servers could not be read");
        }
    }

    @Override
    public Duration takenWithin() {
        return settings.takenWithin();
    }

    @Override
    public Session session() {
        return heartbeat.session();
    }

    @Override
    public boolean isGone(String session) throws IOException {
        return witness.isGone(session);
    }

    @Override
    public boolean areShared() {
        return true;
    }

    @Override
    public Optional<Lease> tryTake(String name) throws IOException {
        if (!held.add(name)) {
            return Optional.empty();
        }
        Optional<Lease> taken = Optional.empty();
        try {
            taken = tryTakeFromOthers(name);
        } finally {
            if (taken.isEmpty()) {
                held.remove(name);
            }
        }
        return taken;
    }

    private Optional<Lease> tryTakeFromOthers(String name) throws IOException {
        Session mine = session();
        long last = lastEpoch(name);
        if (!mine.isSure() || (last > 0 && !isFree(name, last))) {
            return Optional.empty();
        }
        SharedLease lease = new SharedLease(name, last + 1, mine);
        if (!store.putIfAbsent(keys.holder(name, lease.epoch), utf8(mine.id()))) {
            return Optional.empty(); // another was quicker
        }
        if (lastEpoch(name) != lease.epoch) { // what was seen above was so old that its successors are removed already
            store.discard(keys.holder(name, lease.epoch));
            return Optional.empty();
        }
        forgetBefore(name, lease.epoch);
        return Optional.of(lease);
    }

    /** 0 if the lease was never given. */
    private long lastEpoch(String name) throws IOException {
        long[] last = {0};
        ObjectPages.forEach(store, keys.of(name), object -> {
            if (LeaseKeys.isHolder(object.key())) {
                last[0] = LeaseKeys.epoch(object.key());
            }
        });
        return last[0];
    }

    private boolean isFree(String name, long epoch) throws IOException {
        try (InputStream in = store.read(keys.holder(name, epoch), ByteRange.all(MAX_HOLDER_BYTES))) {
            String holder = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return holder.equals(NOBODY) || isLeftBehind(name, holder) || isGone(holder);
        } catch (NoSuchFileException e) {
            return false; // somebody has just taken the next epoch, or forgets the lease
        }
    }

    /** Whether this server has let go of the lease and could not say so. */
    private boolean isLeftBehind(String name, String holder) {
        return holder.equals(session().id()) && !held.contains(name);
    }

    /** From here on no earlier holder can publish: what it has staged is gone, and what it stages now it finds in vain. */
    private void forgetBefore(String name, long epoch) throws IOException {
        List<ObjectKey> old = new ArrayList<>();
        ObjectPages.forEach(store, keys.of(name), object -> {
            if (LeaseKeys.epoch(object.key()) < epoch) {
                old.add(object.key());
            }
        });
        for (ObjectKey key : old.reversed()) {
            store.discard(key);
        }
    }

    /**
     * Removes what is left of leases that were given back before {@code oldest} and not taken since. A name that is taken
     * at this very moment may be given twice; then whoever has the lower epoch can publish nothing under it.
     */
    @Override
    public void forgetReleased(Instant oldest) throws IOException {
        ObjectPages.forEach(store, keys.leases(), object -> {
            if (LeaseKeys.isHolder(object.key()) && object.modified().isBefore(oldest) && saysNobody(object)) {
                store.discard(object.key());
            }
        });
    }

    private boolean saysNobody(ObjectInfo holder) throws IOException {
        if (holder.size() != NOBODY.length()) {
            return false;
        }
        try (InputStream in = store.read(holder.key(), ByteRange.all(MAX_HOLDER_BYTES))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).equals(NOBODY);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static ByteBuffer utf8(String text) {
        return StandardCharsets.UTF_8.encode(text);
    }

    /** Others may take at once what this server held. */
    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        heartbeat.end();
    }

    private final class SharedLease implements Lease {
        private final String name;
        private final long epoch;
        private final Session holder;
        private volatile boolean closed;
        private long puts;

        SharedLease(String name, long epoch, Session holder) {
            this.name = name;
            this.epoch = epoch;
            this.holder = holder;
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
            return !closed && holder.isSure();
        }

        @Override
        public void confirm() throws IOException {
            requireHeld();
            if (lastEpoch(name) != epoch) {
                throw new LeaseLostException(name);
            }
        }

        @Override
        public void put(ObjectKey key, ByteBuffer content) throws IOException {
            publish(content, staged -> store.move(staged, key));
        }

        @Override
        public void putUnlessTaken(ObjectKey key, ByteBuffer content) throws IOException {
            publish(content, staged -> {
                if (!store.copyIfAbsent(staged, key)) {
                    throw new NoSuchFileException(staged.value());
                }
                store.discard(staged);
            });
        }

        /**
         * Whoever takes the lease makes the next epoch's object before it removes what is staged. So either this finds
         * that object, or what it has staged is removed, and then there is nothing to move.
         */
        private synchronized void publish(ByteBuffer content, Publication publication) throws IOException {
            ObjectKey staged = keys.staged(name, epoch, "staged-" + ++puts);
            store.put(staged, content);
            try {
                confirm();
            } catch (LeaseLostException e) {
                store.discard(staged);
                throw e;
            }
            try {
                publication.of(staged);
            } catch (NoSuchFileException e) {
                throw new LeaseLostException(name);
            }
        }

        @Override
        public void close() throws IOException {
            if (letGo()) {
                store.put(keys.holder(name, epoch), utf8(NOBODY));
            }
        }

        @Override
        public void closeForGood() throws IOException {
            if (letGo()) {
                store.discard(keys.holder(name, epoch));
            }
        }

        /** Returns whether it was held; else it may be another's. */
        private synchronized boolean letGo() {
            boolean sure = isHeld();
            if (!closed) {
                closed = true;
                held.remove(name);
            }
            return sure;
        }
    }

    private interface Publication {
        /** @throws NoSuchFileException if what was staged is gone */
        void of(ObjectKey staged) throws IOException;
    }
}
