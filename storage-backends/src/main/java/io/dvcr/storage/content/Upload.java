package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError.DigestMismatch;
import io.dvcr.storage.RegistryError.QuotaExceeded;
import io.dvcr.storage.RegistryError.SizeInvalid;
import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObjectStore.Appender;
import io.dvcr.storage.object.OvertakenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A blob on its way in, held by one writer until it is closed. Closing neither finishes nor cancels it. The bytes are
 * hashed as they come. Not thread-safe.
 */
public final class Upload implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final UploadId id;
    private final UploadSession session;
    private final ObjectStore store;
    private final BlobStore blobs;
    private final RepositoryQuotas quotas;
    private final Cache<UploadId, RunningHash> hashes;
    private final UploadWriter writer;
    private final Runnable release;
    private long offset;
    private Algorithm algorithm;

    /** @param release to be run once when nobody writes through this any more */
    Upload(
            UploadId id,
            UploadSession session,
            ObjectStore store,
            BlobStore blobs,
            RepositoryQuotas quotas,
            Cache<UploadId, RunningHash> hashes,
            UploadWriter writer,
            Runnable release)
            throws IOException {
        this.id = id;
        this.session = session;
        this.store = store;
        this.blobs = blobs;
        this.quotas = quotas;
        this.hashes = hashes;
        this.writer = writer;
        this.release = release;
        this.offset = storedLength(id, session, store, blobs);
        this.algorithm = knownHash().map(RunningHash::algorithm).orElse(session.algorithm());
    }

    static long storedLength(UploadId id, UploadSession session, ObjectStore store, BlobStore blobs)
            throws IOException {
        Optional<ObjectInfo> data = store.head(StoreLayout.uploadData(id));
        if (data.isEmpty() && session.committing().isPresent()) {
            return blobs.find(session.committing().get()).map(Blob::size).orElse(0L);
        }
        return data.map(ObjectInfo::size).orElse(0L);
    }

    public UploadId id() {
        return id;
    }

    /** How many bytes have come so far: where the upload goes on. */
    public long offset() {
        return offset;
    }

    /** Says what the blob will be named by, for who learns it after the upload was begun: the earlier the cheaper. */
    public void hashWith(Algorithm expected) {
        algorithm = expected;
    }

    /**
     * Takes all bytes of {@code content}. When this returns they are durable; when reading fails, those that came
     * before are.
     *
     * @throws RegistryException with {@link TooLarge} if the blob would be larger than {@code maxBlobBytes}, or with
     *     {@link UploadBusy} if another took the upload because no byte came for long, or with {@link QuotaExceeded} if
     *     the repository has no room for it, which ends the upload
     */
    public void append(InputStream content, long maxBlobBytes) throws IOException {
        if (!receive(content, offset, maxBlobBytes)) {
            throw new RegistryException(new TooLarge("the blob", maxBlobBytes));
        }
    }

    /**
     * Takes {@code length} bytes, which must be all of {@code content}; otherwise like {@link #append}.
     *
     * @throws RegistryException with {@link SizeInvalid} if there are fewer, which are kept, or more, of which as many
     *     as were announced are kept
     */
    public void appendExactly(InputStream content, long length, long maxBlobBytes) throws IOException {
        if (length > maxBlobBytes - offset) {
            throw new RegistryException(new TooLarge("the blob", maxBlobBytes));
        }
        long before = offset;
        boolean ended = receive(content, before + length, before + length);
        long received = offset - before;
        if (!ended || received < length) {
            throw new RegistryException(new SizeInvalid(length, ended ? received : received + 1));
        }
    }

    /**
     * Appends what comes until the upload has {@code maxLength} bytes; returns whether nothing more would come.
     *
     * @param expectedLength what the upload is known to come to, at least
     */
    private boolean receive(InputStream content, long expectedLength, long maxLength) throws IOException {
        return endingIfThereIsNoRoom(() -> {
            quotas.requireRoom(session.repository(), expectedLength);
            return take(content, maxLength);
        });
    }

    private boolean take(InputStream content, long maxLength) throws IOException {
        requireNotCommitted();
        RunningHash hash = runningHash();
        hashes.invalidate(id); // until it fits again what is stored
        try (Appender appender = store.append(StoreLayout.uploadData(id))) {
            try {
                return transfer(content, appender, hash, maxLength);
            } finally {
                appender.flush();
                offset = appender.length();
                if (hash.length() == offset) {
                    hashes.put(id, hash);
                }
            }
        } catch (IOException e) {
            if (writer.isOusted() || e instanceof OvertakenException) {
                throw new RegistryException(new UploadBusy(id.toString()));
            }
            throw e;
        }
    }

    private interface Step<T> {
        T take() throws IOException;
    }

    /** Without room for it the upload would only be in the way until it expires. */
    private <T> T endingIfThereIsNoRoom(Step<T> step) throws IOException {
        try {
            return step.take();
        } catch (RegistryException e) {
            if (e.error() instanceof QuotaExceeded) {
                cancel();
            }
            throw e;
        }
    }

    private boolean transfer(InputStream content, Appender appender, RunningHash hash, long maxLength)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (appender.length() < maxLength) {
            int read = writer.read(content, buffer, (int) Math.min(buffer.length, maxLength - appender.length()));
            if (read < 0) {
                return true;
            }
            quotas.requireRoom(session.repository(), appender.length() + read);
            appender.append(ByteBuffer.wrap(buffer, 0, read));
            hash.update(buffer, read);
        }
        return writer.read(content, buffer, 1) < 0;
    }

    private void requireNotCommitted() throws IOException {
        if (session.committing().isPresent()
                && store.head(StoreLayout.uploadData(id)).isEmpty()) {
            throw new RegistryException(new UploadUnknown(id.toString()));
        }
    }

    /** The hash of what is stored, or of its beginning: another server may have taken the rest. */
    private Optional<RunningHash> knownHash() {
        return Optional.ofNullable(hashes.getIfPresent(id)).filter(hash -> hash.length() <= offset);
    }

    /**
     * The hash of what is stored. What is stored is read back for it only after a restart, as far as another server has
     * received it, and when bytes came before it was said that the blob is not named by what its upload was begun with.
     */
    private RunningHash runningHash() throws IOException {
        RunningHash hash =
                knownHash().filter(known -> known.algorithm() == algorithm).orElseGet(() -> new RunningHash(algorithm));
        hashes.invalidate(id); // while it grows
        if (hash.length() < offset) {
            ByteRange unseen = new ByteRange(hash.length(), offset - hash.length());
            try (InputStream stored = store.read(StoreLayout.uploadData(id), unseen)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                int read;
                while ((read = stored.read(buffer)) >= 0) {
                    hash.update(buffer, read);
                }
            }
        }
        return hash;
    }

    /**
     * Makes the bytes a blob of the repository and ends the upload.
     *
     * @throws RegistryException with {@link DigestMismatch} if they are not those of {@code digest}; the upload stays.
     *     With {@link QuotaExceeded} if the repository has no room for them, which ends the upload
     */
    public Blob commit(Digest digest) throws IOException {
        boolean moved = session.committing().equals(Optional.of(digest))
                && store.head(StoreLayout.uploadData(id)).isEmpty()
                && blobs.find(digest).isPresent();
        if (!moved) {
            requireDigest(digest);
        }
        endingIfThereIsNoRoom(() -> {
            try (Charge charge = blobs.charge(session.repository(), digest, offset)) {
                if (!moved) {
                    store.put(
                            StoreLayout.uploadSession(id),
                            session.committing(digest).toJson());
                    adoptData(digest);
                }
                return blobs.link(session.repository(), digest, charge);
            }
        });
        end();
        return new Blob(digest, offset);
    }

    private void adoptData(Digest digest) throws IOException {
        if (offset == 0) {
            blobs.put(digest, ByteBuffer.allocate(0)); // an upload without bytes has no data object
        } else {
            requireAlone();
            blobs.adopt(StoreLayout.uploadData(id), digest);
        }
    }

    /** Lest bytes become part of the blob that came after its digest was verified. */
    private void requireAlone() throws IOException {
        long stored =
                store.head(StoreLayout.uploadData(id)).map(ObjectInfo::size).orElse(offset);
        if (writer.isOusted() || stored != offset) {
            throw new RegistryException(new UploadBusy(id.toString()));
        }
    }

    private void requireDigest(Digest expected) throws IOException {
        hashWith(expected.algorithm());
        RunningHash hash = runningHash();
        hashes.put(id, hash); // for the next try
        if (!hash.digest().equals(expected)) {
            throw new RegistryException(new DigestMismatch(expected, hash.digest()));
        }
    }

    /** Ends the upload and removes its bytes. */
    public void cancel() throws IOException {
        store.delete(StoreLayout.uploadData(id));
        end();
    }

    private void end() throws IOException {
        store.discard(StoreLayout.uploadSession(id));
        hashes.invalidate(id);
        writer.end();
    }

    @Override
    public void close() {
        release.run();
    }
}
