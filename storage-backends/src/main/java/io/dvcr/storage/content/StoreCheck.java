package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.CheckFinding.Broken;
import io.dvcr.storage.content.CheckFinding.Corrupt;
import io.dvcr.storage.content.CheckFinding.Uncatalogued;
import io.dvcr.storage.content.CheckReport.Amount;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Checks all that a registry keeps in an object store, and changes nothing: whether each name leads somewhere, then
 * whether each blob is what its digest says. Servers may go on meanwhile. What is mirrored is left out, since it can be
 * fetched again. Used once, by one thread.
 */
public final class StoreCheck {
    private static final List<String> STORED = List.of(StoreLayout.BLOBS, StoreLayout.BLOBS_ASIDE);
    private static final List<String> COMPOSITES = List.of(StoreLayout.COMPOSITES, StoreLayout.COMPOSITES_ASIDE);

    private final ObjectReader store;
    private final CheckSettings settings;
    private final ManifestRule rule;
    private final Listener listener;
    private final CheckTally tally = new CheckTally();
    private final DigestSet stored = new DigestSet();
    private final RestingBlobs blobs;
    private Amount all = Amount.NOTHING;
    private long composites;
    private volatile long toRead;

    /** Is told how far a check is, by several threads. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Between any two pieces of what is read.
         *
         * @param manifests how many were looked at
         * @param toRead how many bytes are to be read again; 0 before that begins
         */
        void at(long manifests, long readBytes, long toRead);
    }

    /** @param rule what else must hold of manifests */
    public StoreCheck(ObjectReader store, CheckSettings settings, ManifestRule rule, Listener listener) {
        this.store = store;
        this.settings = settings;
        this.rule = rule;
        this.listener = listener;
        this.blobs = new RestingBlobs(store, this::isListed);
    }

    /** It is searched by many threads, once it is complete. */
    private synchronized boolean isListed(Digest digest) {
        return stored.contains(digest);
    }

    /** @throws IOException if the store cannot be used, rather than an object of it */
    public CheckReport run() throws IOException {
        AtomicLong chosen = new AtomicLong();
        forEach(STORED, (blob, digest) -> {
            stored.add(digest);
            all = all.plus(blob.size());
            chosen.addAndGet(isChosen(blob, digest) ? blob.size() : 0);
        });
        try (CheckWorkers workers = new CheckWorkers(settings.readers())) {
            checkNames(workers);
            workers.finish();
            forEach(COMPOSITES, (record, digest) -> {
                composites++;
                workers.begin(_ -> tally.reading(record.key(), () -> chosen.addAndGet(checkRecord(record, digest))));
            });
            workers.finish();
            toRead = chosen.get();
            forEach(STORED, (blob, digest) -> read(workers, blob, digest, this::readStored));
            forEach(COMPOSITES, (record, digest) -> read(workers, record, digest, this::readComposite));
            workers.finish();
        }
        return new CheckReport(
                all,
                composites,
                tally.repositories.get(),
                tally.manifests.get(),
                tally.tags.get(),
                tally.read.get(),
                tally.readBytes.get(),
                leftovers(),
                tally.faults(),
                tally.findings());
    }

    private interface Visitor {
        void visit(ObjectInfo object, Digest digest) throws IOException;
    }

    private void forEach(List<String> places, Visitor visitor) throws IOException {
        for (String place : places) {
            ObjectPages.forEach(store, place, object -> {
                Optional<Digest> digest = tally.parse(object, StoreLayout::digestOf);
                if (digest.isPresent()) {
                    visitor.visit(object, digest.get());
                }
            });
        }
    }

    private boolean isChosen(ObjectInfo blob, Digest digest) {
        return settings.isChosen(digest, blob.modified());
    }

    private void checkNames(CheckWorkers workers) throws IOException {
        Repositories seen = new Repositories();
        ObjectPages.forEach(store, StoreLayout.REPOSITORIES, object -> {
            Optional<RepositoryName> name = tally.parse(object, StoreLayout::repositoryOf);
            if (name.isPresent()) {
                check(workers, seen, name.get(), object);
            }
        });
    }

    private void check(CheckWorkers workers, Repositories seen, RepositoryName name, ObjectInfo object)
            throws IOException {
        RepositoryCheck check = seen.check(name);
        String key = object.key().value();
        if (key.startsWith(StoreLayout.manifests(name))) {
            seen.requireCatalogued(name);
            workers.begin(_ -> {
                check.checkManifest(object);
                tell();
            });
        } else if (key.startsWith(StoreLayout.tags(name))) {
            workers.begin(_ -> check.checkTag(object));
        }
    }

    /** The repositories as they come by, one after the other. */
    private final class Repositories {
        private Optional<RepositoryName> last = Optional.empty();
        private Optional<RepositoryName> lastWithManifests = Optional.empty();
        private Optional<RepositoryCheck> check = Optional.empty();

        RepositoryCheck check(RepositoryName name) {
            if (!last.equals(Optional.of(name))) {
                last = Optional.of(name);
                check = Optional.of(new RepositoryCheck(store, blobs, rule, name, tally));
                tally.repositories.incrementAndGet();
            }
            return check.orElseThrow();
        }

        void requireCatalogued(RepositoryName name) throws IOException {
            if (lastWithManifests.equals(Optional.of(name))) {
                return;
            }
            lastWithManifests = Optional.of(name);
            boolean hidden = store.head(StoreLayout.catalogEntry(name)).isEmpty()
                    && !store.list(StoreLayout.manifests(name), Optional.empty(), 1)
                            .isEmpty()
                    && store.head(StoreLayout.catalogEntry(name)).isEmpty();
            if (hidden) {
                tally.found(new Uncatalogued(name));
            }
        }
    }

    /** Returns how many bytes of the composite are to be read. Of one that nobody names nothing is asked. */
    private long checkRecord(ObjectInfo record, Digest digest) throws IOException {
        if (!tally.isNamed(digest)) {
            return 0;
        }
        Optional<Composite> composite = blobs.composite(digest);
        if (composite.isEmpty()) {
            if (blobs.isThere(StoreLayout.composite(digest), StoreLayout.compositeAside(digest))) {
                tally.found(new Broken(digest, "its record is damaged"));
            }
            return 0;
        }
        tally.addPieces(composite.get().sources());
        Optional<Digest> missing = blobs.missingOf(composite.get());
        if (missing.isPresent()) {
            tally.found(new Broken(digest, missing.get() + ", of which it is made, is missing"));
        }
        return isChosen(record, digest) && missing.isEmpty() ? composite.get().length() : 0;
    }

    private interface Reading {
        void read(ObjectInfo object, Digest digest, BlobHasher hasher) throws IOException;
    }

    private void read(CheckWorkers workers, ObjectInfo object, Digest digest, Reading reading) throws IOException {
        if (isChosen(object, digest)) {
            workers.begin(hasher -> tally.reading(object.key(), () -> reading.read(object, digest, hasher)));
        }
    }

    private void readStored(ObjectInfo blob, Digest digest, BlobHasher hasher) throws IOException {
        if (!hasher.matches(digest, () -> open(blob, digest), this::haveRead)) {
            tally.found(new Corrupt(digest, blob.size()));
        }
        tally.read.incrementAndGet();
    }

    /** Of what lies in two places both are read. */
    private InputStream open(ObjectInfo blob, Digest digest) throws IOException {
        ByteRange whole = ByteRange.all(Long.MAX_VALUE);
        try {
            return store.read(blob.key(), whole);
        } catch (NoSuchFileException e) {
            return blobs.openStored(digest, whole); // it was set aside, or brought back
        }
    }

    private void readComposite(ObjectInfo record, Digest digest, BlobHasher hasher) throws IOException {
        Optional<Composite> composite = tally.isNamed(digest) ? blobs.composite(digest) : Optional.empty();
        if (composite.isEmpty()) {
            return;
        }
        BlobHasher.Source bytes =
                () -> new CompositeStream(composite.get(), ByteRange.all(Long.MAX_VALUE), blobs::openStored);
        try {
            if (!hasher.matches(digest, bytes, this::haveRead)) {
                tally.found(new Broken(digest, "what it is made of does not make it"));
            }
        } catch (BlobHasher.UnreadableException e) {
            if (!(e.getCause() instanceof NoSuchFileException)) { // which was told when its record was looked at
                tally.found(new Broken(digest, String.valueOf(e.getMessage())));
            }
        }
        tally.read.incrementAndGet();
    }

    private void haveRead(long bytes) {
        tally.readBytes.addAndGet(bytes);
        tell();
    }

    private void tell() {
        listener.at(tally.manifests.get(), tally.readBytes.get(), toRead);
    }

    private CheckReport.Leftovers leftovers() throws IOException {
        return new CheckLeftovers(store, settings.abandonedBefore(), tally).count();
    }
}
