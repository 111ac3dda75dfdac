package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RegistryError.DigestMismatch;
import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryError.UploadUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObjectStore.Appender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A blob on its way in, held by one writer until it is closed. Closing neither finishes nor cancels it. Not thread-safe.
 */
public final class Upload implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final UploadId id;
    private final UploadSession session;
    private final ObjectStore store;
    private final BlobStore blobs;
    private final Cache<UploadId, RunningHash> hashes;
    private final Runnable release;
    private long offset;

    Upload(
            UploadId id,
            UploadSession session,
            ObjectStore store,
            BlobStore blobs,
            Cache<UploadId, RunningHash> hashes,
            Runnable release)
            throws IOException {
        this.id = id;
        this.session = session;
        this.store = store;
        this.blobs = blobs;
        this.hashes = hashes;
        this.release = release;
        this.offset = storedLength(id, session, store, blobs);
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

    /**
     * Takes all bytes of {@code content}. When this returns they are durable; when reading fails, those that came
     * before are.
     *
     * @throws RegistryException with {@link TooLarge} if the blob would be larger than {@code maxBlobBytes}
     */
    public void append(InputStream content, long maxBlobBytes) throws IOException {
        requireNotCommitted();
        RunningHash hash = runningHash();
        hashes.invalidate(id); // until it fits again what is stored
        try (Appender appender = store.append(StoreLayout.uploadData(id))) {
            try {
                transfer(content, appender, hash, maxBlobBytes);
            } finally {
                appender.flush();
                offset = appender.length();
                if (hash.length() == offset) {
                    hashes.put(id, hash);
                }
            }
        }
    }

    private static void transfer(InputStream content, Appender appender, RunningHash hash, long maxBlobBytes)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int read;
        while ((read = content.read(buffer)) >= 0) {
            if (appender.length() + read > maxBlobBytes) {
                throw new RegistryException(new TooLarge("the blob", maxBlobBytes));
            }
            appender.append(ByteBuffer.wrap(buffer, 0, read));
            hash.update(buffer, read);
        }
    }

    private void requireNotCommitted() throws IOException {
        if (session.committing().isPresent()
                && store.head(StoreLayout.uploadData(id)).isEmpty()) {
            throw new RegistryException(new UploadUnknown(id.toString()));
        }
    }

    /** The hash of what is stored; after a restart it is made anew by reading that back. */
    private RunningHash runningHash() throws IOException {
        RunningHash cached = hashes.getIfPresent(id);
        return cached != null && cached.length() == offset ? cached : hashStored(Algorithm.SHA256);
    }

    private RunningHash hashStored(Algorithm algorithm) throws IOException {
        RunningHash hash = new RunningHash(algorithm);
        if (offset > 0) {
            try (InputStream stored = store.read(StoreLayout.uploadData(id), ByteRange.all(offset))) {
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
     * @throws RegistryException with {@link DigestMismatch} if they are not those of {@code digest}; the upload stays
     */
    public Blob commit(Digest digest) throws IOException {
        boolean moved = session.committing().equals(Optional.of(digest))
                && store.head(StoreLayout.uploadData(id)).isEmpty()
                && blobs.find(digest).isPresent();
        if (!moved) {
            requireDigest(digest);
            store.put(StoreLayout.uploadSession(id), session.committing(digest).toJson());
            adoptData(digest);
        }
        blobs.link(session.repository(), digest);
        end();
        return new Blob(digest, offset);
    }

    private void adoptData(Digest digest) throws IOException {
        if (offset == 0) {
            blobs.put(digest, ByteBuffer.allocate(0)); // an upload without bytes has no data object
        } else {
            blobs.adopt(StoreLayout.uploadData(id), digest);
        }
    }

    private void requireDigest(Digest expected) throws IOException {
        RunningHash hash = switch (expected.algorithm()) {
            case SHA256 -> runningHash();
            case SHA512 -> hashStored(Algorithm.SHA512);
        };
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
        store.delete(StoreLayout.uploadSession(id));
        hashes.invalidate(id);
    }

    @Override
    public void close() {
        release.run();
    }
}
