package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.BlobUnknown;
import io.dvcr.storage.RegistryError.QuotaExceeded;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Blobs: stored once, shared by the repositories that have them. A repository has a blob when it holds a link to it, so
 * nobody reads through one repository what was pushed to another, and it counts against the repository's quota. What
 * garbage collection has set aside comes back when it is asked for.
 *
 * <p>A blob's bytes are stored, or there is a record that says of which other blobs' bytes it is made: a
 * {@link Composite}. Who has links to a composite need have none to those others; they stay as long as it does. With one
 * of them the composite is missing too. Thread-safe.
 */
public final class BlobStore {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final ObjectStore store;
    private final BlobSources sources;
    private final RepositoryQuotas quotas;
    private final ImmutableContent immutable;
    private final Holds holds;
    private final CompositeStore composites;
    private final BroughtBack broughtBack;
    private final SmallBlobs small = new SmallBlobs();

    BlobStore(
            ObjectStore store, BlobSources sources, RepositoryQuotas quotas, ImmutableContent immutable, Holds holds) {
        this.store = store;
        this.sources = sources;
        this.quotas = quotas;
        this.immutable = immutable;
        this.holds = holds;
        this.composites = new CompositeStore(store);
        this.broughtBack = new BroughtBack(store);
    }

    /** The blob, if {@code repository} has it. */
    public Optional<Blob> find(RepositoryName repository, Digest digest) throws IOException {
        return hasLink(repository, digest) ? find(digest) : Optional.empty();
    }

    /** @throws RegistryException with {@link BlobUnknown} unless {@code repository} has the blob */
    public Blob get(RepositoryName repository, Digest digest) throws IOException {
        return find(repository, digest).orElseThrow(() -> new RegistryException(new BlobUnknown(digest)));
    }

    private boolean hasLink(RepositoryName repository, Digest digest) throws IOException {
        return isLinked(repository, digest) || bringBackLink(repository, digest);
    }

    private boolean isLinked(RepositoryName repository, Digest digest) throws IOException {
        return store.head(StoreLayout.blobLink(repository, digest)).isPresent();
    }

    private boolean bringBackLink(RepositoryName repository, Digest digest) throws IOException {
        ObjectKey aside = StoreLayout.blobLinkAside(repository, digest);
        if (store.head(aside).isEmpty()) {
            return false;
        }
        long size = storedBytes(digest);
        try (Charge charge = quotas.charge(repository, digest, size)) {
            boolean there = store.copyIfAbsent(aside, StoreLayout.blobLink(repository, digest));
            if (there) {
                charge.settle();
            }
            return there;
        }
    }

    /** The blob, whichever repository has it. */
    Optional<Blob> find(Digest digest) throws IOException {
        Optional<Blob> stored = findStored(digest);
        return stored.isPresent() ? stored : findWhole(digest).map(composite -> new Blob(digest, composite.length()));
    }

    private Optional<Blob> findStored(Digest digest) throws IOException {
        try {
            return Optional.of(inItsPlace(digest, this::head));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The composite, if all that it is made of is there. */
    private Optional<Composite> findWhole(Digest digest) throws IOException {
        Optional<Composite> composite = composites.find(digest);
        if (composite.isPresent()) {
            for (Digest source : composite.get().sources()) {
                if (findStored(source).isEmpty()) {
                    return Optional.empty();
                }
            }
        }
        return composite;
    }

    /** What the store holds for this blob alone: of a composite, its record. 0 if it holds nothing. */
    private long storedBytes(Digest digest) throws IOException {
        Optional<Blob> stored = findStored(digest);
        return stored.isPresent()
                ? stored.get().size()
                : composites.recordBytes(digest).orElse(0L);
    }

    private Blob head(ObjectKey blob) throws IOException {
        ObjectInfo info = store.head(blob).orElseThrow(() -> new NoSuchFileException(blob.value()));
        return new Blob(StoreLayout.digestOf(blob), info.size());
    }

    /** The bytes of {@code range}. The caller closes the stream. */
    public InputStream open(Digest digest, ByteRange range) throws IOException {
        try {
            return openStored(digest, range);
        } catch (NoSuchFileException e) {
            return new CompositeStream(composites.find(digest).orElseThrow(() -> e), range, this::openStored);
        }
    }

    private InputStream openStored(Digest digest, ByteRange range) throws IOException {
        return inItsPlace(digest, blob -> store.read(blob, range));
    }

    /** All bytes of a blob that is known to be small enough for memory. Nobody may change them. */
    public byte[] readAll(Blob blob) throws IOException {
        return small.read(blob, () -> {
            try (InputStream in = open(blob.digest(), ByteRange.all(blob.size()))) {
                return in.readAllBytes();
            }
        });
    }

    /** Whether the blob is read into memory rather than from its file, because that is cheaper. */
    public boolean isSmall(Blob blob) {
        return blob.size() <= SmallBlobs.MAX_BLOB_BYTES;
    }

    /**
     * The blob as an open file, for {@code sendfile(2)}; empty if the store keeps it in no one file. The caller closes
     * it, and until then reads on even if the blob is removed.
     */
    public Optional<FileChannel> openFile(Digest digest) throws IOException {
        try {
            return inItsPlace(digest, store::openFile);
        } catch (NoSuchFileException e) {
            if (findWhole(digest).isPresent()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * A URL where whoever has it can read the blob from the store itself, soon; empty if it must come through here.
     */
    public Optional<URI> linkTo(Digest digest) throws IOException {
        Optional<URI> link = store.linkTo(StoreLayout.blob(digest));
        return link.isPresent() && findStored(digest).isPresent() ? link : Optional.empty();
    }

    private <T> T inItsPlace(Digest digest, BroughtBack.Action<T> action) throws IOException {
        return broughtBack.perform(StoreLayout.blob(digest), StoreLayout.blobAside(digest), action);
    }

    /**
     * Stores {@code content}, whose digest the caller has computed, and gives it to {@code repository}.
     *
     * @return whether the repository did not have it before
     * @throws RegistryException with {@link QuotaExceeded} if the repository has no room for it
     */
    public boolean put(RepositoryName repository, Digest digest, ByteBuffer content) throws IOException {
        try (Charge charge = charge(repository, digest, content.remaining())) {
            put(digest, content);
            return link(repository, digest, charge);
        }
    }

    /**
     * Gives {@code repository} the blob that {@code composite} describes, whose digest the caller has computed.
     *
     * @return whether the repository did not have it before
     * @throws RegistryException with {@link BlobUnknown} if what it is made of is not there, or with
     *     {@link QuotaExceeded} if the repository has no room for its record
     */
    public boolean put(RepositoryName repository, Digest digest, Composite composite) throws IOException {
        if (find(digest).isEmpty()) {
            composites.put(digest, composite); // before the check: a collection that comes after it sees the record
            if (find(digest).isEmpty()) {
                throw new RegistryException(new BlobUnknown(digest));
            }
        }
        try (Charge charge = charge(repository, digest, storedBytes(digest))) {
            return link(repository, digest, charge);
        }
    }

    void put(Digest digest, ByteBuffer content) throws IOException {
        store.putIfAbsent(StoreLayout.blob(digest), content);
    }

    /** Makes the finished object {@code data} the blob; its digest the caller has verified. */
    void adopt(ObjectKey data, Digest digest) throws IOException {
        if (find(digest).isPresent()) {
            store.delete(data);
        } else {
            store.move(data, StoreLayout.blob(digest));
        }
    }

    /** Begins to give blobs to {@code repository} that it may not be able to keep. */
    public BlobDraft draft(RepositoryName repository) {
        return new BlobDraft(this, repository);
    }

    /**
     * Gives {@code to} the blob that {@code from} has; returns whether {@code from} has it.
     *
     * @throws RegistryException with {@link QuotaExceeded} if {@code to} has no room for it
     */
    public boolean mount(RepositoryName from, RepositoryName to, Digest digest) throws IOException {
        if (find(from, digest).isEmpty()) {
            return false;
        }
        try (Charge charge = charge(to, digest, storedBytes(digest))) {
            link(to, digest, charge);
        }
        return true;
    }

    /**
     * Gives {@code to} the blob that some repository has which the caller may pull from; returns whether one was found.
     * Of very many repositories not all are looked at.
     */
    public boolean mountFromAny(Predicate<RepositoryName> mayPull, RepositoryName to, Digest digest)
            throws IOException {
        if (find(digest).isEmpty()) {
            return false;
        }
        Optional<RepositoryName> from = hasLink(to, digest) ? Optional.of(to) : sources.find(digest, mayPull);
        return from.isPresent() && mount(from.get(), to, digest);
    }

    /**
     * Takes room in {@code repository} for a blob of {@code bytes}; none if it has the blob.
     *
     * @throws RegistryException with {@link QuotaExceeded} if there is too little
     */
    Charge charge(RepositoryName repository, Digest digest, long bytes) throws IOException {
        return isLinked(repository, digest) ? Charge.none() : quotas.charge(repository, digest, bytes);
    }

    /** Gives a blob, for which there is room, to {@code repository}; returns whether it did not have it before. */
    boolean link(RepositoryName repository, Digest digest, Charge charge) throws IOException {
        boolean isNew = store.putIfAbsent(StoreLayout.blobLink(repository, digest), EMPTY);
        if (isNew) {
            charge.settle();
        }
        sources.remember(repository, digest);
        return isNew;
    }

    /** Has garbage collection take {@code digests} for named until it is closed. */
    Hold hold(Collection<Digest> digests) throws IOException {
        return holds.hold(BlobHolds.names(digests));
    }

    /** Takes back what the repository was given, unless a manifest comes to name it: as garbage collection does. */
    void setAside(RepositoryName repository, Digest digest) throws IOException {
        try {
            store.move(StoreLayout.blobLink(repository, digest), StoreLayout.blobLinkAside(repository, digest));
            quotas.freed(repository);
        } catch (NoSuchFileException e) {
            // taken by another meanwhile
        }
    }

    /**
     * Takes the blob from {@code repository}; others keep it.
     *
     * @throws RegistryException with {@link BlobUnknown} if the repository does not have it, or with
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if an immutable tag leads to it
     */
    public void delete(RepositoryName repository, Digest digest) throws IOException {
        immutable.requireNotNeeded(repository, digest);
        boolean had =
                store.delete(StoreLayout.blobLinkAside(repository, digest)); // first: it would bring back the link
        had |= store.delete(StoreLayout.blobLink(repository, digest));
        had |= store.delete(StoreLayout.blobLinkAside(repository, digest)); // a collection may have come between
        quotas.freed(repository);
        if (!had) {
            throw new RegistryException(new BlobUnknown(digest));
        }
    }
}
