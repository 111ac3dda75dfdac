package io.dvcr.importers.mirror;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The blobs and manifests that are kept of mirrored registries, over an object store that it shares with all else. What
 * somebody uses is not removed. When something was used is remembered to the moment, and stored to the hour. Thread-safe.
 */
final class ContentCache implements AutoCloseable {
    /** Each has a part in memory. */
    private static final int CONCURRENT_FETCHES = 24;

    private static final int STRIPES = 64;
    private static final int REMEMBERED_USES = 100_000;
    private static final Duration END_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration MARKED_FOR = Duration.ofHours(1);

    private final ObjectStore store;
    private final Clock clock;
    private final Lock[] stripes =
            Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(Lock[]::new);
    private final Map<CacheKey, InUse> inUse = new HashMap<>();
    private final ReentrantLock inUseLock = new ReentrantLock();
    private final Cache<CacheKey, Use> uses =
            Caffeine.newBuilder().maximumSize(REMEMBERED_USES).build();
    private final Semaphore fetches = new Semaphore(CONCURRENT_FETCHES);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong added = new AtomicLong();

    ContentCache(ObjectStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** When something was used last, and when that was last stored. */
    private record Use(Instant last, Instant marked) {}

    private static final class InUse {
        private final CachedBlob blob;
        private int users;

        InUse(CachedBlob blob) {
            this.blob = blob;
        }
    }

    /** The use of a blob, which stays as long as it is not closed. */
    final class Lease implements AutoCloseable {
        private final CacheKey key;
        private final CachedBlob blob;

        private Lease(CacheKey key, CachedBlob blob) {
            this.key = key;
            this.blob = blob;
        }

        CachedBlob blob() {
            return blob;
        }

        @Override
        public void close() {
            release(key);
        }
    }

    /** Begins to use a blob, of which nothing need be here. */
    Lease use(CacheKey key, long size) throws IOException {
        touch(key);
        return open(key, size);
    }

    private Lease open(CacheKey key, long size) throws IOException {
        Lock stripe = stripe(key);
        stripe.lock();
        try {
            Optional<CachedBlob> known = join(key);
            if (known.isPresent()) {
                return new Lease(key, known.get());
            }
            CachedBlob loaded = CachedBlob.load(key, size, store, fetch -> inBackground(key, fetch));
            return new Lease(key, enter(key, loaded));
        } finally {
            stripe.unlock();
        }
    }

    private Optional<CachedBlob> join(CacheKey key) {
        inUseLock.lock();
        try {
            Optional<InUse> known = Optional.ofNullable(inUse.get(key));
            known.ifPresent(used -> used.users++);
            return known.map(used -> used.blob);
        } finally {
            inUseLock.unlock();
        }
    }

    private CachedBlob enter(CacheKey key, CachedBlob loaded) {
        inUseLock.lock();
        try {
            InUse used = inUse.computeIfAbsent(key, _ -> new InUse(loaded));
            used.users++;
            return used.blob;
        } finally {
            inUseLock.unlock();
        }
    }

    private void release(CacheKey key) {
        inUseLock.lock();
        try {
            inUse.computeIfPresent(key, (_, used) -> --used.users == 0 ? null : used);
        } finally {
            inUseLock.unlock();
        }
    }

    private boolean isInUse(CacheKey key) {
        inUseLock.lock();
        try {
            return inUse.containsKey(key);
        } finally {
            inUseLock.unlock();
        }
    }

    /** For somebody who uses the blob: the fetch uses it, too. */
    @SuppressWarnings("FutureReturnValueIgnored") // tells those who wait by itself
    private void inBackground(CacheKey key, Runnable fetch) {
        join(key);
        threads.submit(() -> {
            try {
                fetches.acquireUninterruptibly();
                try {
                    fetch.run();
                } finally {
                    fetches.release();
                }
            } finally {
                release(key);
            }
        });
    }

    /** Keeps content whose digest the caller has verified. */
    void put(CacheKey key, byte[] content) throws IOException {
        touch(key);
        Lock stripe = stripe(key);
        stripe.lock();
        try {
            if (content.length > 0) {
                store.put(key.part(0, content.length), ByteBuffer.wrap(content));
            }
            store.put(key.whole(), ByteBuffer.allocate(0));
        } finally {
            stripe.unlock();
        }
        added.addAndGet(content.length);
    }

    /** Content that is small enough for memory, if it is here as a whole. */
    Optional<byte[]> read(CacheKey key, int size) throws IOException {
        touch(key);
        return peek(key, size);
    }

    /** As {@link #read}, and does not count as a use. */
    Optional<byte[]> peek(CacheKey key, int size) throws IOException {
        try (Lease lease = open(key, size)) {
            if (!lease.blob().isWhole()) {
                return Optional.empty();
            }
            BlobSource none = (_, _) -> {
                throw new IOException("it is whole");
            };
            try (InputStream in = new BlobStream(lease.blob(), ByteRange.all(size), none)) {
                return Optional.of(in.readAllBytes());
            }
        }
    }

    /** Counts what fetches have brought. */
    void added(long bytes) {
        added.addAndGet(bytes);
    }

    /** How much has come since this was asked last, in bytes. */
    long takeAdded() {
        return added.getAndSet(0);
    }

    /** Removes all that is here of it, unless somebody uses it; returns whether it did. */
    boolean remove(CacheKey key) throws IOException {
        Lock stripe = stripe(key);
        stripe.lock();
        try {
            if (isInUse(key)) {
                return false;
            }
            CachedBlob.remove(store, key);
            store.delete(key.used());
            uses.invalidate(key);
            return true;
        } finally {
            stripe.unlock();
        }
    }

    /** When it was used last, as far as this process knows. */
    Optional<Instant> lastUse(CacheKey key) {
        return Optional.ofNullable(uses.getIfPresent(key)).map(Use::last);
    }

    private void touch(CacheKey key) throws IOException {
        Instant now = clock.instant();
        Optional<Instant> marked = Optional.ofNullable(uses.getIfPresent(key))
                .map(Use::marked)
                .filter(at -> at.isAfter(now.minus(MARKED_FOR)));
        if (marked.isEmpty()) {
            store.put(key.used(), ByteBuffer.allocate(0));
        }
        uses.put(key, new Use(now, marked.orElse(now)));
    }

    private Lock stripe(CacheKey key) {
        return stripes[Math.floorMod(key.hashCode(), STRIPES)];
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("fetches do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
