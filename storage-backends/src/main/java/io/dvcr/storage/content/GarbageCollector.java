package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
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
 * The same holds for the links that say which repository has a blob. Thread-safe; one collection at a time.
 */
public final class GarbageCollector {
    /** Longer than anybody takes between pushing a blob and the manifest that names it. */
    public static final Duration DEFAULT_GRACE = Duration.ofHours(24);

    /** A push takes less than this; what is pending for longer was left by a crash. */
    private static final Duration LONGEST_PUSH = Duration.ofDays(1);

    private final ObjectStore store;
    private final ManifestStore manifests;
    private final RepositoryQuotas quotas;
    private final Clock clock;
    private final ReentrantLock one = new ReentrantLock();

    GarbageCollector(ObjectStore store, ManifestStore manifests, RepositoryQuotas quotas, Clock clock) {
        this.store = store;
        this.manifests = manifests;
        this.quotas = quotas;
        this.clock = clock;
    }

    /**
     * Collects once.
     *
     * @param grace how long a blob stays after it was pushed or last asked for, and again after it was set aside
     * @param dryRun to change nothing and report what would be done
     */
    public GarbageReport collect(Duration grace, boolean dryRun) throws IOException {
        one.lock();
        try {
            return new Collection(clock.instant().minus(grace), dryRun).run();
        } finally {
            quotas.freedAnywhere();
            one.unlock();
        }
    }

    private final class Collection {
        private final Instant oldEnough;
        private final boolean dryRun;
        private final DigestSet named = new DigestSet();
        private final Set<Digest> namedByPending = new HashSet<>();
        private long setAside;
        private long broughtBack;
        private long purged;
        private long freedBytes;

        Collection(Instant oldEnough, boolean dryRun) {
            this.oldEnough = oldEnough;
            this.dryRun = dryRun;
        }

        GarbageReport run() throws IOException {
            Set<ObjectKey> asideBefore = keys(StoreLayout.BLOBS_ASIDE);
            readPending();
            for (RepositoryName repository : repositories()) {
                collectLinks(repository);
            }
            ObjectPages.forEach(store, StoreLayout.BLOBS_ASIDE, blob -> decideAside(blob, asideBefore));
            ObjectPages.forEach(store, StoreLayout.BLOBS, this::decide);
            return new GarbageReport(setAside, broughtBack, purged, freedBytes);
        }

        private void readPending() throws IOException {
            Instant leftover = clock.instant().minus(LONGEST_PUSH);
            ObjectPages.forEach(store, StoreLayout.PENDING, object -> {
                if (object.modified().isBefore(leftover) && !dryRun) {
                    store.delete(object.key());
                } else {
                    namedByPending.addAll(manifests.namedByPending(object));
                }
            });
            namedByPending.forEach(named::add);
        }

        /** Those with anything at all, listed or not. */
        private Set<RepositoryName> repositories() throws IOException {
            Set<RepositoryName> found = new TreeSet<>();
            ObjectPages.forEach(
                    store, StoreLayout.REPOSITORIES, object -> found.add(StoreLayout.repositoryOf(object.key())));
            return found;
        }

        private void collectLinks(RepositoryName repository) throws IOException {
            Set<ObjectKey> asideBefore = keys(StoreLayout.blobLinksAside(repository));
            Set<Digest> namedHere = new HashSet<>(namedByPending);
            ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
                Digest manifest = StoreLayout.digestOf(entry.key());
                named.add(manifest);
                namedHere.addAll(manifests.namedBy(repository, manifest));
            });
            namedHere.forEach(named::add);
            ObjectPages.forEach(store, StoreLayout.blobLinksAside(repository), link -> {
                Digest digest = StoreLayout.digestOf(link.key());
                if (namedHere.contains(digest)) {
                    bringBack(link.key(), StoreLayout.blobLink(repository, digest));
                } else if (asideBefore.contains(link.key()) && isOld(link)) {
                    delete(link.key());
                } else {
                    named.add(digest);
                }
            });
            ObjectPages.forEach(store, StoreLayout.blobLinks(repository), link -> {
                Digest digest = StoreLayout.digestOf(link.key());
                if (!namedHere.contains(digest) && isOld(link)) {
                    move(link.key(), StoreLayout.blobLinkAside(repository, digest));
                }
                named.add(digest); // the blob stays at least as long as a link to it
            });
        }

        private void decideAside(ObjectInfo blob, Set<ObjectKey> asideBefore) throws IOException {
            Digest digest = StoreLayout.digestOf(blob.key());
            if (store.head(StoreLayout.blob(digest)).isPresent()) {
                delete(blob.key()); // was asked for and came back
            } else if (named.contains(digest)) {
                bringBack(blob.key(), StoreLayout.blob(digest));
                broughtBack++;
            } else if (asideBefore.contains(blob.key()) && isOld(blob)) {
                delete(blob.key());
                purged++;
                freedBytes += blob.size();
            }
        }

        private void decide(ObjectInfo blob) throws IOException {
            Digest digest = StoreLayout.digestOf(blob.key());
            if (!named.contains(digest) && isOld(blob)) {
                move(blob.key(), StoreLayout.blobAside(digest));
                setAside++;
            }
        }

        private boolean isOld(ObjectInfo object) {
            return !object.modified().isAfter(oldEnough);
        }

        private Set<ObjectKey> keys(String prefix) throws IOException {
            Set<ObjectKey> keys = new HashSet<>();
            ObjectPages.forEach(store, prefix, object -> keys.add(object.key()));
            return keys;
        }

        private void bringBack(ObjectKey aside, ObjectKey home) throws IOException {
            if (!dryRun && store.copyIfAbsent(aside, home)) {
                store.delete(aside);
            }
        }

        private void move(ObjectKey from, ObjectKey to) throws IOException {
            if (!dryRun) {
                store.move(from, to);
            }
        }

        private void delete(ObjectKey key) throws IOException {
            if (!dryRun) {
                store.delete(key);
            }
        }
    }
}
