package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Uploads of blobs, which go on where they stopped: over requests, cut connections and restarts of the server. An upload
 * has one writer at a time. Thread-safe.
 */
public final class UploadStore {
    private static final int MAX_SESSION_BYTES = 4096;
    private static final int CACHED_HASHES = 10_000;

    private final ObjectStore store;
    private final BlobStore blobs;
    private final RepositoryQuotas quotas;
    private final Clock clock;
    private final UploadWriters writers;

    /** Spares reading an upload back at every request; without an entry that is what happens. */
    private final Cache<UploadId, RunningHash> hashes =
            Caffeine.newBuilder().maximumSize(CACHED_HASHES).build();

    UploadStore(
            ObjectStore store,
            BlobStore blobs,
            RepositoryQuotas quotas,
            Clock clock,
            Takeover takeover,
            Leases leases) {
        this.store = store;
        this.blobs = blobs;
        this.quotas = quotas;
        this.clock = clock;
        this.writers = new UploadWriters(takeover, new UploadRights(store, leases, "uploads", takeover.silence()));
    }

    /**
     * Begins an upload to {@code repository}.
     *
     * @param algorithm what the finished blob is expected to be named by
     * @throws RegistryException with {@link io.dvcr.storage.RegistryError.QuotaExceeded} if the repository is full
     */
    public Upload begin(RepositoryName repository, Algorithm algorithm) throws IOException {
        quotas.requireRoom(repository, 1);
        UploadId id = UploadId.random();
        UploadSession session = new UploadSession(repository, clock.instant(), algorithm, Optional.empty());
        store.put(StoreLayout.uploadSession(id), session.toJson());
        return open(id, session, writers.enter(id));
    }

    /**
     * Goes on with an upload. Another request that is writing to it is given a moment to finish, and made to stop if it
     * has been waiting for its client too long: its client is then most likely the one that asks here.
     *
     * @throws RegistryException with {@link UploadUnknown} if {@code repository} has no such upload, or
     *     {@link UploadBusy} if another request goes on writing to it
     */
    public Upload resume(RepositoryName repository, UploadId id) throws IOException {
        session(repository, id); // nobody else's upload is disturbed
        UploadWriter writer = writers.enter(id);
        try {
            return open(id, session(repository, id), writer); // read when nobody else can change it any more
        } catch (IOException | RuntimeException e) {
            writers.leave(id, writer);
            throw e;
        }
    }

    /**
     * Where an upload goes on, in bytes. Does not keep others from writing to it.
     *
     * @throws RegistryException with {@link UploadUnknown} if {@code repository} has no such upload
     */
    public long offset(RepositoryName repository, UploadId id) throws IOException {
        return Upload.storedLength(id, session(repository, id), store, blobs);
    }

    private UploadSession session(RepositoryName repository, UploadId id) throws IOException {
        return readSession(id)
                .filter(session -> session.repository().equals(repository))
                .orElseThrow(() -> new RegistryException(new UploadUnknown(id.toString())));
    }

    private Upload open(UploadId id, UploadSession session, UploadWriter writer) throws IOException {
        return new Upload(id, session, store, blobs, quotas, hashes, writer, () -> writers.leave(id, writer));
    }

    private Optional<UploadSession> readSession(UploadId id) throws IOException {
        try (InputStream in = store.read(StoreLayout.uploadSession(id), ByteRange.all(MAX_SESSION_BYTES))) {
            return Optional.of(UploadSession.parse(in.readAllBytes()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * The digests of uploads that were verified but whose end was not acknowledged: their bytes are blobs already, or
     * about to be.
     */
    Set<Digest> committing() throws IOException {
        Set<Digest> digests = new HashSet<>();
        ObjectPages.forEach(store, StoreLayout.UPLOADS, object -> {
            if (object.key().lastComponent().equals("session")) {
                readSession(StoreLayout.uploadOf(object.key()))
                        .flatMap(UploadSession::committing)
                        .ifPresent(digests::add);
            }
        });
        return digests;
    }

    /** How many uploads were begun and neither finished nor removed. */
    public int countOpen() throws IOException {
        AtomicInteger open = new AtomicInteger();
        ObjectPages.forEach(store, StoreLayout.UPLOADS, object -> {
            if (object.key().lastComponent().equals("session")) {
                open.incrementAndGet();
            }
        });
        return open.get();
    }

    /** Removes the uploads that nothing was written to for {@code idle}; returns how many. */
    public int removeExpired(Duration idle) throws IOException {
        Instant oldest = clock.instant().minus(idle);
        AtomicInteger removed = new AtomicInteger();
        ObjectPages.forEach(store, StoreLayout.UPLOADS, object -> {
            if (object.key().lastComponent().equals("session") && removeIfIdle(object, oldest)) {
                removed.incrementAndGet();
            }
        });
        return removed.get();
    }

    /** Removes what the store is left with of those who were cut off that long ago; returns how many things. */
    public int removeLeftovers(Duration idle) throws IOException {
        return store.removeLeftovers(
                clock.instant().minus(idle),
                growing -> store.head(StoreLayout.ownerOf(growing)).isPresent());
    }

    private boolean removeIfIdle(ObjectInfo object, Instant oldest) throws IOException {
        UploadId id = StoreLayout.uploadOf(object.key());
        Optional<UploadWriter> writer = isIdle(id, object, oldest) ? writers.tryEnter(id) : Optional.empty();
        if (writer.isEmpty()) {
            return false;
        }
        try {
            Optional<UploadSession> session = isIdle(id, object, oldest) ? readSession(id) : Optional.empty();
            if (session.isPresent()) {
                open(id, session.get(), writer.get()).cancel();
            }
            return session.isPresent();
        } finally {
            writers.leave(id, writer.get());
        }
    }

    private boolean isIdle(UploadId id, ObjectInfo session, Instant oldest) throws IOException {
        Optional<ObjectInfo> data = store.head(StoreLayout.uploadData(id));
        return session.modified().isBefore(oldest)
                && data.map(ObjectInfo::modified).orElse(Instant.MIN).isBefore(oldest);
    }
}
