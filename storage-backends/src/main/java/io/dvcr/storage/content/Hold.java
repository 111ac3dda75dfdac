package io.dvcr.storage.content;

import io.dvcr.storage.lease.Session;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;

/** Something that garbage collection takes for named until this is closed. Thread-safe. */
final class Hold implements AutoCloseable {
    private final ObjectStore store;
    private final ObjectKey key;
    private final Session session;

    Hold(ObjectStore store, ObjectKey key, Session session) {
        this.store = store;
        this.key = key;
        this.session = session;
    }

    /** Whether nobody can have taken this server for dead since it was made, and so have removed what it holds. */
    boolean isSure() {
        return session.isSure();
    }

    @Override
    public void close() throws IOException {
        store.discard(key);
    }
}
