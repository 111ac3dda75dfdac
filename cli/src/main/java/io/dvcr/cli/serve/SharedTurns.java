package io.dvcr.cli.serve;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.SharedLeases;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Servers over one store take turns: one at a time, and none before its time. When the last turn was is what the store
 * says, by its own clock; that this server's may differ moves a turn by as much, and nothing else depends on it.
 * Thread-safe.
 */
final class SharedTurns implements Turns {
    private static final String LEASE = "housekeeping";

    /** After it what is left of leases that were given back is removed. */
    private static final Duration LEASES_REMEMBERED = Duration.ofDays(1);

    private final ObjectStore store;
    private final SharedLeases leases;
    private final Clock clock;

    SharedTurns(ObjectStore store, SharedLeases leases, Clock clock) {
        this.store = store;
        this.leases = leases;
        this.clock = clock;
    }

    @Override
    public void take(Duration interval, Work work) throws IOException {
        Optional<Lease> turn = leases.tryTake(LEASE);
        if (turn.isEmpty()) {
            return;
        }
        try (Lease mine = turn.get()) {
            Instant now = clock.instant();
            Optional<Instant> last = store.head(StoreLayout.HOUSEKEEPING).map(ObjectInfo::modified);
            if (last.filter(done -> done.plus(interval).isAfter(now)).isEmpty()) {
                work.run();
                leases.forgetReleased(now.minus(LEASES_REMEMBERED));
                mine.put(StoreLayout.HOUSEKEEPING, ByteBuffer.allocate(0));
            }
        }
    }
}
