package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** The records of composites. What garbage collection has set aside comes back when it is asked for. Thread-safe. */
final class CompositeStore {
    private static final long CACHED_BYTES = 16L << 20;

    private final ObjectStore store;
    private final BroughtBack broughtBack;

    /** By key, size and time: a record may be replaced by another of the same blob. */
    private final Cache<ObjectInfo, Composite> known = Caffeine.newBuilder()
            .maximumWeight(CACHED_BYTES)
            .<ObjectInfo, Composite>weigher((_, composite) -> composite.memoryBytes())
            .build();

    CompositeStore(ObjectStore store) {
        this.store = store;
        this.broughtBack = new BroughtBack(store);
    }

    /** Empty if there is no record, or it is damaged: then the blob is missing until it is stored again. */
    Optional<Composite> find(Digest digest) throws IOException {
        try {
            return inItsPlace(digest, this::read);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** How long the record is, if there is one. */
    Optional<Long> recordBytes(Digest digest) throws IOException {
        try {
            return Optional.of(inItsPlace(digest, this::head).size());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void put(Digest digest, Composite composite) throws IOException {
        store.put(StoreLayout.composite(digest), CompositeRecord.write(composite));
    }

    private Optional<Composite> read(ObjectKey key) throws IOException {
        ObjectInfo info = head(key);
        Optional<Composite> cached = Optional.ofNullable(known.getIfPresent(info));
        if (cached.isPresent()) {
            return cached;
        }
        try (InputStream in = store.read(key, ByteRange.all(CompositeRecord.MAX_BYTES))) {
            Optional<Composite> read = CompositeRecord.read(in);
            read.ifPresent(composite -> known.put(info, composite));
            return read;
        }
    }

    private ObjectInfo head(ObjectKey key) throws IOException {
        return store.head(key).orElseThrow(() -> new NoSuchFileException(key.value()));
    }

    private <T> T inItsPlace(Digest digest, BroughtBack.Action<T> action) throws IOException {
        return broughtBack.perform(StoreLayout.composite(digest), StoreLayout.compositeAside(digest), action);
    }
}
