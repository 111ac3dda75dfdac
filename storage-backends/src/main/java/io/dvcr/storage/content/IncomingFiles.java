package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.lease.LocalLeases;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Optional;

/**
 * Files on their way in that will not be blobs, each with a record of what it is for, which means nothing here. They go
 * on where they stopped: over requests, cut connections and restarts of the server. A file has one writer at a time.
 * Thread-safe.
 */
public final class IncomingFiles {
    private static final int MAX_RECORD_BYTES = 64 << 10;

    private final ObjectStore store;
    private final UploadWriters writers;

    IncomingFiles(ObjectStore store, Takeover takeover, Leases leases) {
        this.store = store;
        this.writers = new UploadWriters(takeover, new UploadRights(store, leases, "incoming", takeover.silence()));
    }

    /** Those in {@code store}, to which nobody else writes. */
    public static IncomingFiles in(ObjectStore store) {
        return in(store, LocalLeases.over(store));
    }

    /** @param leases say who else writes to the store */
    public static IncomingFiles in(ObjectStore store, Leases leases) {
        return new IncomingFiles(store, Takeover.among(leases), leases);
    }

    /** Begins a file without bytes, or begins it anew if there is one of that identity. */
    public void begin(UploadId id, byte[] record) throws IOException {
        store.put(StoreLayout.incomingRecord(id), ByteBuffer.wrap(record));
    }

    /** What was stored of a file besides its bytes; empty if there is no such file. */
    public Optional<byte[]> record(UploadId id) throws IOException {
        try (InputStream in = store.read(StoreLayout.incomingRecord(id), ByteRange.all(MAX_RECORD_BYTES))) {
            return Optional.of(in.readAllBytes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** How many bytes of a file have come, those that its writer is just writing among them. */
    public long length(UploadId id) throws IOException {
        return store.head(StoreLayout.incomingData(id)).map(ObjectInfo::size).orElse(0L);
    }

    /** When something of a file was last written; {@link Instant#MIN} if there is no such file. */
    public Instant touched(UploadId id) throws IOException {
        Instant record = modified(store.head(StoreLayout.incomingRecord(id)));
        Instant data = modified(store.head(StoreLayout.incomingData(id)));
        return record.isAfter(data) ? record : data;
    }

    private static Instant modified(Optional<ObjectInfo> object) {
        return object.map(ObjectInfo::modified).orElse(Instant.MIN);
    }

    /** The bytes that have come. The caller closes the stream. */
    public InputStream read(UploadId id) throws IOException {
        long length = length(id);
        return length == 0
                ? InputStream.nullInputStream()
                : store.read(StoreLayout.incomingData(id), ByteRange.all(length));
    }

    /**
     * The bytes that have come, as an open file; empty if the store keeps them in no one file, or there are none. The
     * caller closes it, and until then reads on even if the file is removed.
     */
    public Optional<FileChannel> openFile(UploadId id) throws IOException {
        try {
            return store.openFile(StoreLayout.incomingData(id));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Opens a file for writing. Another that writes to it is given a moment to finish, and made to stop if it has been
     * waiting for its client too long: its client is then most likely the one that asks here.
     *
     * @throws RegistryException with {@link NotFound} if there is no such file, or {@link UploadBusy} if another goes
     *     on writing to it
     */
    public IncomingFile open(UploadId id) throws IOException {
        requireRecord(id); // nobody else's writer is disturbed
        return open(id, writers.enter(id));
    }

    /** The same, without disturbing anybody: empty if another writes to the file. */
    public Optional<IncomingFile> tryOpen(UploadId id) throws IOException {
        Optional<UploadWriter> writer = writers.tryEnter(id);
        return writer.isPresent() ? Optional.of(open(id, writer.get())) : Optional.empty();
    }

    private IncomingFile open(UploadId id, UploadWriter writer) throws IOException {
        try {
            return new IncomingFile(id, requireRecord(id), store, writer, () -> writers.leave(id, writer));
        } catch (IOException | RuntimeException e) {
            writers.leave(id, writer);
            throw e;
        }
    }

    private byte[] requireRecord(UploadId id) throws IOException {
        return record(id).orElseThrow(() -> new RegistryException(new NotFound("the upload")));
    }

    /** Looks at one file. */
    @FunctionalInterface
    public interface Visitor {
        void visit(UploadId id) throws IOException;
    }

    /** Shows {@code visitor} every file; it may remove them. */
    public void forEach(Visitor visitor) throws IOException {
        ObjectPages.forEach(store, StoreLayout.INCOMING, object -> {
            if (object.key().equals(StoreLayout.incomingRecord(StoreLayout.uploadOf(object.key())))) {
                visitor.visit(StoreLayout.uploadOf(object.key()));
            }
        });
    }
}
