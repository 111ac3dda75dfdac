package io.dvcr.registry.event;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The events that wait for one endpoint, in the order in which they happened: an object each, which is there from before
 * the event's client is answered until the endpoint has taken it. Thread-safe.
 */
final class Outbox {
    /** What an event is of is bounded, so its JSON is. */
    private static final int MAX_EVENT_BYTES = 1 << 20;

    private final ObjectStore store;
    private final String endpoint;
    private final AtomicInteger pending;

    private Outbox(ObjectStore store, String endpoint, AtomicInteger pending) {
        this.store = store;
        this.endpoint = endpoint;
        this.pending = pending;
    }

    static Outbox open(ObjectStore store, String endpoint) throws IOException {
        Outbox outbox = new Outbox(store, endpoint, new AtomicInteger());
        outbox.count();
        return outbox;
    }

    /** Counts what is there, if others than this server add and remove. */
    void count() throws IOException {
        AtomicInteger there = new AtomicInteger();
        ObjectPages.forEach(store, StoreLayout.events(endpoint), _ -> there.incrementAndGet());
        pending.set(there.get());
    }

    int pending() {
        return pending.get();
    }

    /** Stores an event; {@code sequence} is greater than that of every earlier one. */
    void add(String sequence, byte[] event) throws IOException {
        pending.incrementAndGet(); // first, so that it is never too small
        try {
            store.put(StoreLayout.event(endpoint, sequence), ByteBuffer.wrap(event));
        } catch (IOException | RuntimeException e) {
            pending.decrementAndGet();
            throw e;
        }
    }

    /** The first events, the oldest first. */
    List<ObjectInfo> oldest(int limit) throws IOException {
        return store.list(StoreLayout.events(endpoint), Optional.empty(), limit);
    }

    /** Empty if it is not there any more. */
    Optional<byte[]> read(ObjectKey event) throws IOException {
        try (InputStream in = store.read(event, ByteRange.all(MAX_EVENT_BYTES))) {
            return Optional.of(in.readAllBytes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Returns whether it was there. */
    boolean remove(ObjectKey event) throws IOException {
        boolean removed = store.delete(event);
        if (removed) {
            pending.decrementAndGet();
        }
        return removed;
    }
}
