package io.dvcr.storage.content;

import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.Session;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Keeps from garbage collection what no manifest names yet, as long as this server lives. Thread-safe. */
final class Holds {
    private final ObjectStore store;
    private final Leases leases;

    Holds(ObjectStore store, Leases leases) {
        this.store = store;
        this.leases = leases;
    }

    /** @param naming a manifest, or a JSON array of digests: what it names is not garbage until the hold is closed */
    Hold hold(byte[] naming) throws IOException {
        Session session = leases.session();
        ObjectKey key = StoreLayout.pending(session.id(), UUID.randomUUID());
        store.put(key, ByteBuffer.wrap(naming));
        return new Hold(store, key, session);
    }
}
