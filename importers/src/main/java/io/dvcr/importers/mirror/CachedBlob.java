package io.dvcr.importers.mirror;

import io.dvcr.importers.mirror.PartMap.Part;
import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A blob of a mirrored registry, of which none, some or all is here. Who reads what is not here has it fetched, once for
 * all who want it, and reads it as it comes at their own pace; a fetch goes on when nobody reads any more. Whoever reads
 * all of it gets the last byte only when the whole has proved to have its digest; what has not is forgotten. A part that
 * is asked for alone is given as it came. Thread-safe.
 */
final class CachedBlob {
    /** Fetches begin and end at multiples of this, so that who reads on in small steps does not cause as many requests. */
    static final int BLOCK_BYTES = 256 << 10;

    /** Who wants what a fetch will come to before it has fetched so much more waits for that. */
    private static final long NEAR_BYTES = 2L * PartMap.MAX_PART_BYTES;

    private final CacheKey key;
    private final long size;
    private final ObjectStore store;
    private final Consumer<Runnable> background;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PartMap parts;
    private final List<PartFetch> fetches = new ArrayList<>();
    private boolean whole;

    private CachedBlob(CacheKey key, long size, ObjectStore store, Consumer<Runnable> background) {
        this.key = key;
        this.size = size;
        this.store = store;
        this.background = background;
        this.parts = new PartMap(size);
    }

    /**
     * What the store has of the blob.
     *
     * @param size in bytes
     * @param background runs fetches, some after others if there are very many
     */
    static CachedBlob load(CacheKey key, long size, ObjectStore store, Consumer<Runnable> background)
            throws IOException {
        CachedBlob blob = new CachedBlob(key, size, store, background);
        ObjectPages.forEach(store, key.parts(), object -> {
            if (object.key().equals(key.whole())) {
                blob.whole = true;
            } else {
                String[] bounds = object.key().lastComponent().split("-", 2);
                blob.parts.hold(new Part(Long.parseLong(bounds[0], 16), Long.parseLong(bounds[1], 16)));
            }
        });
        if (blob.whole && !blob.parts.isComplete()) {
            blob.lost();
        }
        return blob;
    }

    Digest digest() {
        return key.digest();
    }

    long size() {
        return size;
    }

    /** Whether all of it is here and has its digest. */
    boolean isWhole() {
        lock.lock();
        try {
            return whole;
        } finally {
            lock.unlock();
        }
    }

    /** Whether all bytes of {@code range} are here. */
    boolean holds(ByteRange range) {
        lock.lock();
        try {
            long position = range.offset();
            while (position < range.end()) {
                Optional<Part> part = parts.heldAt(position);
                if (part.isEmpty()) {
                    return false;
                }
                position = part.get().end();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** As an open file, if it is whole and stored as one; the caller closes it. */
    Optional<FileChannel> openFile() throws IOException {
        return isWhole() && isOnePart() ? store.openFile(key.part(0, size)) : Optional.empty();
    }

    private boolean isOnePart() {
        lock.lock();
        try {
            return parts.heldAt(0).filter(part -> part.end() == size).isPresent();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the first byte of {@code range}, so that what fails at once fails before anything is answered. */
    void await(ByteRange range, BlobSource source) throws IOException {
        if (range.length() > 0) {
            piece(range.offset(), range, 0, source);
        } else if (size == 0) {
            awaitWhole(source);
        }
    }

    InputStream openPart(Part part, long position, long end) throws IOException {
        return store.read(key.part(part.start(), part.end()), new ByteRange(position - part.start(), end - position));
    }

    /** It has turned out not to be there: another replica has removed it. */
    void drop(Part part) throws IOException {
        change(() -> parts.drop(part));
        lost();
    }

    /** What comes in the place of what is lost is to be verified again. */
    private void lost() throws IOException {
        change(() -> whole = false);
        store.delete(key.whole());
    }

    /** Some bytes that are here. */
    sealed interface Piece {
        long end();

        record Held(Part part) implements Piece {
            @Override
            public long end() {
                return part.end();
            }
        }

        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Arrived(long start, byte[] bytes) implements Piece {
            @Override
            public long end() {
                return start + bytes.length;
            }
        }
    }

    /** What is here from {@code position} on; waits until something is, and sees to it that it comes. */
    Piece piece(long position, ByteRange range, int most, BlobSource source) throws IOException {
        lock.lock();
        try {
            while (true) {
                Optional<Part> held = parts.heldAt(position);
                if (held.isPresent()) {
                    return new Piece.Held(held.get());
                }
                Optional<ArrivingPart> part = parts.arrivingAt(position);
                if (part.isPresent() && part.get().start() + part.get().arrived() > position) {
                    return new Piece.Arrived(position, part.get().from(position, most));
                }
                PartFetch fetch = fetchComingTo(position).orElseGet(() -> begin(position, range, source));
                changed.await();
                requireNotFailed(fetch);
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all of it is here and has proved to have its digest, and sees to it that that happens. */
    void awaitWhole(BlobSource source) throws IOException {
        lock.lock();
        try {
            while (!whole) {
                PartFetch fetch = verification().orElseGet(() -> begin(new PartFetch(this, 0, size, true, source)));
                changed.await();
                requireNotFailed(fetch);
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private Optional<PartFetch> verification() {
        return fetches.stream().filter(PartFetch::verifies).findFirst();
    }

    /** The fetch that has claimed {@code position}, or will be there soon. */
    private Optional<PartFetch> fetchComingTo(long position) {
        return fetches.stream()
                .filter(fetch -> fetch.position() <= position
                        && position < fetch.end()
                        && position - fetch.position() < NEAR_BYTES)
                .findFirst();
    }

    private PartFetch begin(long position, ByteRange range, BlobSource source) {
        if (range.equals(ByteRange.all(size)) && verification().isEmpty()) {
            return begin(new PartFetch(this, 0, size, true, source));
        }
        long from = position - position % BLOCK_BYTES;
        long beyond = range.end() + BLOCK_BYTES - 1;
        return begin(new PartFetch(this, from, Math.min(size, beyond - beyond % BLOCK_BYTES), false, source));
    }

    private PartFetch begin(PartFetch fetch) {
        fetches.add(fetch);
        background.accept(fetch);
        return fetch;
    }

    private static void requireNotFailed(PartFetch fetch) throws IOException {
        if (fetch.failure().isPresent()) {
            throw fetch.failure().get();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while a blob arrived");
    }

    /** What a fetch is to do next. */
    sealed interface Step {
        /** The part is here. */
        record Skip(Part part) implements Step {}

        /** To be fetched; up to {@code gapEnd} there will be nothing else after it. */
        record Read(ArrivingPart part, long gapEnd) implements Step {}
    }

    /** For a fetch that is at {@code position}: waits while another fetches what is there. */
    Step next(long position, long end) throws IOException {
        lock.lock();
        try {
            while (true) {
                Optional<Part> held = parts.heldAt(position);
                if (held.isPresent()) {
                    return new Step.Skip(held.get());
                }
                if (parts.arrivingAt(position).isEmpty()) {
                    long gapEnd = parts.gapEnd(position, end);
                    return new Step.Read(parts.claim(position, end), gapEnd);
                }
                changed.await();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    void arrived(ArrivingPart part, int count) {
        change(() -> part.arrived(count));
    }

    /** Stores what has arrived of a part; the rest, if any, is nobody's again. */
    void keep(ArrivingPart part) throws IOException {
        Part kept = new Part(part.start(), part.start() + part.arrived());
        try {
            store.put(key.part(kept.start(), kept.end()), ByteBuffer.wrap(part.bytes(), 0, part.arrived()));
            change(() -> parts.hold(kept));
        } finally {
            change(() -> parts.unclaim(part));
        }
    }

    void abandon(ArrivingPart part) {
        change(() -> parts.unclaim(part));
    }

    void markWhole() throws IOException {
        store.put(key.whole(), ByteBuffer.allocate(0));
        change(() -> whole = true);
    }

    /** Removes all that is stored of it. */
    void forget() throws IOException {
        change(() -> {
            whole = false;
            parts.dropAll();
        });
        remove(store, key);
    }

    /** The mark that it is whole goes first, so a crash leaves parts that are looked at again. */
    static void remove(ObjectStore store, CacheKey key) throws IOException {
        store.delete(key.whole());
        ObjectPages.forEach(store, key.parts(), object -> store.delete(object.key()));
    }

    /** If the blob is complete by now without being known to be whole, that is found out. */
    void ended(PartFetch fetch, BlobSource source) {
        change(() -> {
            fetches.remove(fetch);
            boolean unknown = !whole && parts.isComplete() && fetch.failure().isEmpty();
            if (unknown && verification().isEmpty()) {
                begin(new PartFetch(this, 0, size, true, source));
            }
        });
    }

    void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
