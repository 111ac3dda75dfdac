package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.util.Optional;

/**
 * Where blobs go whose bytes are not those of their digest: nobody is served them, a push does not take them for what it
 * brings, and whoever wants to know what happened can look at them. Thread-safe.
 */
final class Quarantine {
    private final ObjectStore store;
    private final GarbageCollector garbage;

    Quarantine(ObjectStore store, GarbageCollector garbage) {
        this.store = store;
        this.garbage = garbage;
    }

    /**
     * Takes the blob out of service if it is still the object {@code seen}; returns whether it did. Not during a
     * collection, which would move the blob about meanwhile.
     */
    boolean take(ObjectInfo seen, Digest digest) throws IOException {
        return garbage.betweenCollections(_ -> {
            ObjectKey blob = seen.key();
            if (!store.head(blob).equals(Optional.of(seen))) {
                return false;
            }
            store.delete(StoreLayout.blobAside(digest)); // a second name of it, by which it would come back
            store.move(blob, StoreLayout.quarantined(digest));
            return true;
        });
    }
}
