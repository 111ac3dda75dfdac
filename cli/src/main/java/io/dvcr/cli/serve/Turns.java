package io.dvcr.cli.serve;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Servers over one store take turns: one at a time, and none before its time, whoever was the last and however often
 * they start. When the last turn was is what the store says, by its own clock; that this server's may differ moves a turn
 * by as much, and nothing else depends on it. Thread-safe.
 */
final class Turns {
    private static final String LEASE = "housekeeping";

    /** After it what is left of leases that were given back is removed. */
    private static final Duration LEASES_REMEMBERED = Duration.ofDays(1);

    private final ObjectStore store;
    private final Leases leases;
    private final Clock clock;

    Turns(ObjectStore store, Leases leases, Clock clock) {
        this.store = store;
        this.leases = leases;
        this.clock = clock;
    }

    interface Work {
        void run() throws IOException;
    }

    /** How long ago the last turn ended, whoever had it; empty if there was none. */
    Optional<Duration> sinceLast() throws IOException {
        return last().map(ended -> Duration.between(ended, clock.instant()));
    }

    private Optional<Instant> last() throws IOException {
        return store.head(StoreLayout.HOUSEKEEPING).map(ObjectInfo::modified);
    }

    /** Does {@code work}, unless another server does it or has done it within {@code interval}. */
    void take(Duration interval, Work work) throws IOException {
        Optional<Lease> turn = leases.tryTake(LEASE);
        if (turn.isEmpty()) {
            return;
        }
        try (Lease mine = turn.get()) {
            Instant now = clock.instant();
            if (last().filter(ended -> ended.plus(interval).isAfter(now)).isEmpty()) {
                work.run();
                leases.forgetReleased(now.minus(LEASES_REMEMBERED));
                mine.put(StoreLayout.HOUSEKEEPING, ByteBuffer.allocate(0));
            }
        }
    }
}
