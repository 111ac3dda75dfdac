package io.dvcr.storage.content;

import io.dvcr.storage.lease.LeaseSettings;
import io.dvcr.storage.lease.SharedLeases;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Several servers over one store. */
record Replicas(List<SharedLeases> leases, List<ContentStore> contents) implements AutoCloseable {

    static Replicas over(ObjectStore store, int count) throws IOException {
        List<SharedLeases> leases = new ArrayList<>();
        List<ContentStore> contents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SharedLeases own = SharedLeases.start(store, StoreLayout.LEASES, LeaseSettings.DEFAULTS);
            leases.add(own);
            contents.add(ContentStore.over(store, () -> RepositoryPolicies.DEFAULTS, own, Clock.systemUTC()));
        }
        return new Replicas(leases, contents);
    }

    @Override
    public void close() throws IOException {
        for (SharedLeases own : leases) {
            own.close();
        }
    }
}
