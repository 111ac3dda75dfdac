package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.lease.Lease;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.StorageFullException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** One run of the {@link GarbageCollector}, whose rules it keeps by the order of its steps. Not thread-safe. */
final class GarbageCollection {
    private final ObjectStore store;
    private final ManifestNeeds needs;
    private final ManifestRemovals removals;
    private final UploadStore uploads;
    private final Lease turn;
    private final Instant oldEnough;
    private final Judgement leftBehind;
    private final boolean dryRun;
    private final Set<Digest> pending = new HashSet<>();
    private final DigestSet named = new DigestSet();
    private final DigestSet namedOrLinked = new DigestSet();

    /** What composites that are aside are made of. */
    private final Set<Digest> ofAside = new HashSet<>();

    /** By key; in a dry run they are still there. */
    private final Set<ObjectKey> purgedComposites = new HashSet<>();

    private long setAside;
    private long broughtBack;
    private long purged;
    private long freedBytes;
    private long left;
    private long leftBytes;
    private long unreadable;

    interface Judgement {
        boolean on(ObjectInfo pending) throws IOException;
    }

    /**
     * @param turn without which nothing is removed
     * @param oldEnough what was written or asked for later stays
     * @param leftBehind whether the push that something pending is of was cut off
     */
    GarbageCollection(
            ObjectStore store,
            ManifestNeeds needs,
            ManifestRemovals removals,
            UploadStore uploads,
            Lease turn,
            Instant oldEnough,
            Judgement leftBehind,
            boolean dryRun) {
        this.store = store;
        this.needs = needs;
        this.removals = removals;
        this.uploads = uploads;
        this.turn = turn;
        this.oldEnough = oldEnough;
        this.leftBehind = leftBehind;
        this.dryRun = dryRun;
    }

    GarbageReport run() throws IOException {
        Set<ObjectKey> asideBefore = keys(StoreLayout.BLOBS_ASIDE);
        Set<ObjectKey> compositesAsideBefore = keys(StoreLayout.COMPOSITES_ASIDE);
        readPending();
        uploads.committing().forEach(this::keep);
        Set<RepositoryName> repositories = repositories();
        for (RepositoryName repository : repositories) {
            collect(repository);
        }
        decide(Kind.COMPOSITE, compositesAsideBefore);
        keepWhatCompositesAreMadeOf();
        decide(Kind.STORED, asideBefore);
        ObjectPages.forEach(store, StoreLayout.QUARANTINE, this::decideQuarantined);
        return new GarbageReport(setAside, broughtBack, purged, freedBytes, left, leftBytes, unreadable);
    }

    private void readPending() throws IOException {
        ObjectPages.forEach(store, StoreLayout.PENDING, object -> {
            if (leftBehind.on(object)) {
                delete(object.key());
            } else {
                pending.addAll(needs.namedByPending(object));
            }
        });
        ObjectPages.forEach(store, StoreLayout.HELD, held -> pending.addAll(needs.namedByPending(held)));
        pending.forEach(this::keep);
    }

    private void keep(Digest digest) {
        named.add(digest);
        namedOrLinked.add(digest);
    }

    /** Those with anything at all, listed or not. */
    private Set<RepositoryName> repositories() throws IOException {
        Set<RepositoryName> found = new TreeSet<>();
        ObjectPages.forEach(store, StoreLayout.REPOSITORIES, new EachRepository(found::add));
        ObjectPages.forEach(store, StoreLayout.CATALOG, entry -> found.add(StoreLayout.catalogued(entry.key())));
        return found;
    }

    /** Names the repository of each object once for all that come behind each other. Not thread-safe. */
    private static final class EachRepository implements ObjectPages.Visitor {
        private final Consumer<RepositoryName> found;
        private Optional<String> last = Optional.empty();

        EachRepository(Consumer<RepositoryName> found) {
            this.found = found;
        }

        @Override
        public void visit(ObjectInfo object) {
            if (last.filter(object.key().value()::startsWith).isEmpty()) {
                RepositoryName repository = StoreLayout.repositoryOf(object.key());
                found.accept(repository);
                last = Optional.of(StoreLayout.REPOSITORIES + repository + "/_");
            }
        }
    }

    private void collect(RepositoryName repository) throws IOException {
        Set<ObjectKey> asideBefore = keys(StoreLayout.blobLinksAside(repository));
        Contents contents = contents(repository);
        contents.named().forEach(this::keep);
        ObjectPages.forEach(
                store,
                StoreLayout.blobLinksAside(repository),
                link -> decideLinkAside(repository, link, contents, asideBefore));
        ObjectPages.forEach(store, StoreLayout.blobLinks(repository), link -> decideLink(repository, link, contents));
        if (!dryRun) {
            removals.tidy(repository, digest -> contents.manifests().contains(digest) || pending.contains(digest));
        }
    }

    /**
     * @param named what is named in the repository, its manifests included
     * @param complete whether every manifest could be read; else more may be named
     */
    private record Contents(Set<Digest> manifests, Set<Digest> named, boolean complete) {
        boolean mayName(Digest digest) {
            return !complete || named.contains(digest);
        }
    }

    private Contents contents(RepositoryName repository) throws IOException {
        Set<Digest> stored = new HashSet<>();
        Set<Digest> namedHere = new HashSet<>(pending);
        long unreadableBefore = unreadable;
        ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
            Digest manifest = StoreLayout.digestOf(entry.key());
            stored.add(manifest);
            namedHere.add(manifest);
            needs.namedBy(repository, manifest).ifPresentOrElse(namedHere::addAll, () -> unreadable++);
        });
        return new Contents(stored, namedHere, unreadable == unreadableBefore);
    }

    private void decideLinkAside(
            RepositoryName repository, ObjectInfo link, Contents contents, Set<ObjectKey> asideBefore)
            throws IOException {
        Digest digest = StoreLayout.digestOf(link.key());
        if (contents.mayName(digest)) {
            keep(digest);
            bringBack(link.key(), StoreLayout.blobLink(repository, digest));
        } else if (asideBefore.contains(link.key()) && isOld(link)) {
            delete(link.key());
        } else {
            namedOrLinked.add(digest);
        }
    }

    private void decideLink(RepositoryName repository, ObjectInfo link, Contents contents) throws IOException {
        Digest digest = StoreLayout.digestOf(link.key());
        if (contents.mayName(digest)) {
            keep(digest);
        } else if (isOld(link)) {
            move(link.key(), StoreLayout.blobLinkAside(repository, digest));
        }
        namedOrLinked.add(digest); // the blob stays at least as long as a link to it
    }

    /** How a blob is there, and where the objects of that kind are. */
    private enum Kind {
        STORED(StoreLayout.BLOBS, StoreLayout.BLOBS_ASIDE),
        COMPOSITE(StoreLayout.COMPOSITES, StoreLayout.COMPOSITES_ASIDE);

        private final String homes;
        private final String asides;

        Kind(String homes, String asides) {
            this.homes = homes;
            this.asides = asides;
        }

        ObjectKey home(Digest digest) {
            return this == STORED ? StoreLayout.blob(digest) : StoreLayout.composite(digest);
        }

        ObjectKey aside(Digest digest) {
            return this == STORED ? StoreLayout.blobAside(digest) : StoreLayout.compositeAside(digest);
        }
    }

    private void decide(Kind kind, Set<ObjectKey> asideBefore) throws IOException {
        ObjectPages.forEach(store, kind.asides, blob -> decideAside(kind, blob, asideBefore));
        ObjectPages.forEach(store, kind.homes, blob -> decide(kind, blob));
    }

    /**
     * What a composite is made of goes with it, and not before: while that is aside this may be set aside, but it is not
     * purged. One that a manifest comes to name while this goes on is safe like any other blob, since what it is made of
     * is checked, and so brought back, with it. A record that is damaged keeps nothing, for nobody can tell any more
     * what it is made of.
     */
    private void keepWhatCompositesAreMadeOf() throws IOException {
        Set<Digest> ofNamed = new HashSet<>();
        Set<Digest> ofOthers = new HashSet<>();
        for (String place : List.of(Kind.COMPOSITE.asides, Kind.COMPOSITE.homes)) { // it may come back meanwhile
            ObjectPages.forEach(store, place, composite -> {
                Digest digest = StoreLayout.digestOf(composite.key());
                if (named.contains(digest)) {
                    ofNamed.addAll(sources(composite));
                } else if (namedOrLinked.contains(digest) || (isHome(place) && !isOld(composite))) {
                    ofOthers.addAll(sources(composite));
                } else if (!purgedComposites.contains(composite.key())) {
                    ofAside.addAll(sources(composite));
                }
            });
        }
        ofNamed.forEach(this::keep);
        ofOthers.forEach(namedOrLinked::add);
    }

    private static boolean isHome(String place) {
        return place.equals(Kind.COMPOSITE.homes);
    }

    private List<Digest> sources(ObjectInfo composite) throws IOException {
        try (InputStream in = store.read(composite.key(), ByteRange.all(CompositeRecord.MAX_BYTES))) {
            return CompositeRecord.readSources(in).orElse(List.of());
        } catch (NoSuchFileException e) {
            return List.of(); // brought back just now, to where this looks next
        }
    }

    private void decideAside(Kind kind, ObjectInfo blob, Set<ObjectKey> asideBefore) throws IOException {
        Digest digest = StoreLayout.digestOf(blob.key());
        if (store.head(kind.home(digest)).isPresent()) {
            delete(blob.key()); // was asked for and came back
        } else if (namedOrLinked.contains(digest)) {
            bringBack(blob.key(), kind.home(digest));
            broughtBack++;
            if (dryRun && !named.contains(digest)) {
                leave(blob); // else it is met again among those in their place
            }
        } else if (asideBefore.contains(blob.key()) && isOld(blob) && !ofAside.contains(digest)) {
            delete(blob.key());
            if (kind == Kind.COMPOSITE) {
                purgedComposites.add(blob.key());
            }
            purged++;
            freedBytes += blob.size();
        } else {
            leave(blob);
        }
    }

    private void decide(Kind kind, ObjectInfo blob) throws IOException {
        Digest digest = StoreLayout.digestOf(blob.key());
        if (!namedOrLinked.contains(digest) && isOld(blob) && move(blob.key(), kind.aside(digest))) {
            setAside++;
        }
        if (!named.contains(digest)) {
            leave(blob);
        }
    }

    /** What is in quarantine is of use until there is a sound one, or nobody wants one. */
    private void decideQuarantined(ObjectInfo blob) throws IOException {
        Digest digest = StoreLayout.digestOf(blob.key());
        boolean wanted = namedOrLinked.contains(digest)
                && store.head(StoreLayout.blob(digest)).isEmpty();
        if (!wanted && isOld(blob)) {
            delete(blob.key());
            purged++;
            freedBytes += blob.size();
        } else if (!wanted) {
            leave(blob);
        }
    }

    private void leave(ObjectInfo blob) {
        left++;
        leftBytes += blob.size();
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
        try {
            turn.requireHeld();
            if (!dryRun && store.copyIfAbsent(aside, home)) {
                store.discard(aside);
            }
        } catch (StorageFullException e) {
            // stays aside, which counts as there; what is deleted meanwhile makes room
        }
    }

    private boolean move(ObjectKey from, ObjectKey to) throws IOException {
        try {
            turn.requireHeld();
            if (!dryRun) {
                store.move(from, to);
            }
            return true;
        } catch (NoSuchFileException | StorageFullException e) {
            return false; // deleted by a client just now, or no room for the name; the next collection will see
        }
    }

    private void delete(ObjectKey key) throws IOException {
        turn.requireHeld();
        if (!dryRun) {
            store.discard(key);
        }
    }
}
