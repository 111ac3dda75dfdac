package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Removes blobs that no manifest names while the registry serves reads and writes, without a lock that these would wait
 * for. That no blob which a stored manifest names is ever missing rests on four things:
 *
 * <ol>
 *   <li>Removal has two steps in two collections: a blob is set aside, and purged by a later collection that again finds
 *       it unnamed. What is set aside still counts as there, and comes back when it is asked for.
 *   <li>Only what was aside before a collection began to look is purged by it.
 *   <li>A manifest is stored as pending before its content is checked, and until its entry is there; a collection reads
 *       what is pending before it reads the entries. So it sees the manifest, or the manifest's check comes later.
 *   <li>That check brings back what is aside. It finds the blob, or, if that was purged just then, refuses the manifest.
 * </ol>
 *
 * The same holds for the links that say which repository has a blob. No step depends on how clocks go: the grace is for
 * clients, who push blobs before the manifest that names them. Nothing is written but names, so garbage can be collected
 * when the store is full. Of what a composite is made of nothing is purged before
 * it; whether it is there is whether all of that is, so the check brings that back too.
 *
 * <p>One collection at a time, over all servers that share the store. What is pending of a server that has died is
 * forgotten; a server that was taken for dead and was not checks again, once its manifest's entry is there. Thread-safe.
 */
public final class GarbageCollector {
    /** Longer than anybody takes between pushing a blob and the manifest that names it. */
    public static final Duration DEFAULT_GRACE = Duration.ofHours(24);

    /** A push takes less than this; what is pending for longer was left by a crash. */
    private static final Duration LONGEST_PUSH = Duration.ofDays(1);

    private static final String LEASE = "garbage";
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final ObjectStore store;
    private final ManifestNeeds needs;
    private final ManifestRemovals removals;
    private final UploadStore uploads;
    private final RepositoryQuotas quotas;
    private final Leases leases;
    private final Clock clock;
    private volatile GarbageReport total = GarbageReport.NOTHING;

    GarbageCollector(
            ObjectStore store,
            ManifestNeeds needs,
            ManifestRemovals removals,
            UploadStore uploads,
            RepositoryQuotas quotas,
            Leases leases,
            Clock clock) {
        this.store = store;
        this.needs = needs;
        this.removals = removals;
        this.uploads = uploads;
        this.quotas = quotas;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Collects once, after any collection that is under way.
     *
     * @param grace how long a blob stays after it was pushed or last asked for, and again after it was set aside
     * @param dryRun to change nothing and report what would be done
     * @throws RegistryException with {@link Conflict} if the one that is under way takes very long
     */
    public GarbageReport collect(Duration grace, boolean dryRun) throws IOException {
        return betweenCollections(turn -> {
            Instant now = clock.instant();
            GarbageReport report = new GarbageCollection(
                            store, needs, removals, uploads, turn, now.minus(grace), leftBehind(now), dryRun)
                    .run();
            if (!dryRun) {
                total = total.then(report);
            }
            return report;
        });
    }

    private GarbageCollection.Judgement leftBehind(Instant now) {
        Instant abandoned = now.minus(LONGEST_PUSH);
        return pending -> pending.modified().isBefore(abandoned) || isOfTheDead(pending.key());
    }

    private boolean isOfTheDead(ObjectKey pending) throws IOException {
        Optional<String> session = StoreLayout.sessionOfPending(pending);
        return session.isPresent() ? leases.isGone(session.get()) : !leases.areShared();
    }

    /** Does something that must not meet a collection, here or on another server. */
    <T> T betweenCollections(Action<T> action) throws IOException {
        try (Lease turn = takeTurn()) {
            return action.perform(turn);
        } finally {
            quotas.freedAnywhere();
        }
    }

    interface Action<T> {
        T perform(Lease turn) throws IOException;
    }

    private Lease takeTurn() throws IOException {
        return leases.take(LEASE, LONGEST_WAIT)
                .orElseThrow(() ->
                        new RegistryException(new Conflict("a garbage collection is under way; try again later")));
    }

    /** All collections since the start, dry runs aside. */
    public GarbageReport total() {
        return total;
    }

    /**
     * Forgets the pushes of manifests that the death of a server cut off, which otherwise keep what they name until the
     * next collection finds that out.
     */
    public void forgetPushesCutOff() throws IOException {
        ObjectPages.forEach(store, StoreLayout.PENDING, pending -> {
            if (isOfTheDead(pending.key())) {
                store.delete(pending.key());
            }
        });
    }
}
