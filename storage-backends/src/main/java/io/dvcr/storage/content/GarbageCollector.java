package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

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
 * Thread-safe; one collection at a time.
 */
public final class GarbageCollector {
    /** Longer than anybody takes between pushing a blob and the manifest that names it. */
    public static final Duration DEFAULT_GRACE = Duration.ofHours(24);

    /** A push takes less than this; what is pending for longer was left by a crash. */
    private static final Duration LONGEST_PUSH = Duration.ofDays(1);

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private final ObjectStore store;
    private final ManifestNeeds needs;
    private final ManifestRemovals removals;
    private final UploadStore uploads;
    private final RepositoryQuotas quotas;
    private final Clock clock;
    private final ReentrantLock one = new ReentrantLock();
    private volatile GarbageReport total = GarbageReport.NOTHING;

    GarbageCollector(
            ObjectStore store,
            ManifestNeeds needs,
            ManifestRemovals removals,
            UploadStore uploads,
            RepositoryQuotas quotas,
            Clock clock) {
        this.store = store;
        this.needs = needs;
        this.removals = removals;
        this.uploads = uploads;
        this.quotas = quotas;
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
        return betweenCollections(() -> {
            Instant now = clock.instant();
            GarbageReport report = new GarbageCollection(
                            store, needs, removals, uploads, now.minus(grace), now.minus(LONGEST_PUSH), dryRun)
                    .run();
            if (!dryRun) {
                total = total.then(report);
            }
            return report;
        });
    }

    /** Does something that must not meet a collection. */
    <T> T betweenCollections(Action<T> action) throws IOException {
        takeTurn();
        try {
            return action.perform();
        } finally {
            quotas.freedAnywhere();
            one.unlock();
        }
    }

    interface Action<T> {
        T perform() throws IOException;
    }

    private void takeTurn() throws IOException {
        try {
            if (!one.tryLock(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new RegistryException(new Conflict("a garbage collection is under way; try again later"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another garbage collection ran");
        }
    }

    /** All collections since the start, dry runs aside. */
    public GarbageReport total() {
        return total;
    }

    /**
     * Forgets the pushes of manifests that a crash cut off, which otherwise keep what they name for a day. To be called
     * before anybody pushes, and only by the one process that serves the store.
     */
    public void forgetPushesCutOff() throws IOException {
        ObjectPages.forEach(store, StoreLayout.PENDING, pending -> store.delete(pending.key()));
    }
}
