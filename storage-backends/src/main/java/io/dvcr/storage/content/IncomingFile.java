package io.dvcr.storage.content;

import io.dvcr.storage.RegistryError.TooLarge;
import io.dvcr.storage.RegistryError.UploadBusy;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObjectStore.Appender;
import io.dvcr.storage.object.OvertakenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/** One of {@link IncomingFiles}, held by one writer until it is closed. Closing changes nothing. Not thread-safe. */
public final class IncomingFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final UploadId id;
    private final ObjectStore store;
    private final UploadWriter writer;
    private final Runnable release;
    private final byte[] record;
    private long length;

    /** @param release to be run once when nobody writes through this any more */
    IncomingFile(UploadId id, byte[] record, ObjectStore store, UploadWriter writer, Runnable release)
            throws IOException {
        this.id = id;
        this.record = record;
        this.store = store;
        this.writer = writer;
        this.release = release;
        this.length = lengthOf(StoreLayout.incomingData(id));
        store.delete(StoreLayout.incomingChunk(id)); // of a writer that was killed
    }

    private long lengthOf(ObjectKey key) throws IOException {
        return store.head(key).map(ObjectInfo::size).orElse(0L);
    }

    public UploadId id() {
        return id;
    }

    /** As it was when the file was opened. */
    public byte[] record() {
        return record.clone();
    }

    /** How many bytes have come so far: where the file goes on. */
    public long length() {
        return length;
    }

    /** Replaces what is stored besides the bytes. */
    public void store(byte[] changed) throws IOException {
        store.put(StoreLayout.incomingRecord(id), ByteBuffer.wrap(changed));
    }

    /**
     * Takes all bytes of {@code content}. When this returns they are durable; when reading fails, those that came
     * before are.
     *
     * @throws RegistryException with {@link TooLarge} if the file would be larger than {@code maxLength}, up to which
     *     it is kept, or with {@link UploadBusy} if another took the file because no byte came for long
     */
    public void append(InputStream content, long maxLength) throws IOException {
        boolean ended;
        try (Appender appender = store.append(StoreLayout.incomingData(id))) {
            try {
                ended = transfer(content, appender, maxLength);
            } finally {
                appender.flush();
                length = appender.length();
            }
        } catch (IOException e) {
            throw cutOff(e);
        }
        if (!ended) {
            throw new RegistryException(new TooLarge("the file", maxLength));
        }
    }

    /**
     * Takes all bytes of {@code content} if they are what was announced, else none: they are kept elsewhere until that
     * is known.
     *
     * @param hash of what comes
     * @return whether they are
     */
    public boolean appendVerified(InputStream content, long maxLength, MessageDigest hash, byte[] expected)
            throws IOException {
        ObjectKey chunk = StoreLayout.incomingChunk(id);
        try {
            receiveChunk(content, maxLength - length, hash, chunk);
            if (!MessageDigest.isEqual(hash.digest(), expected)) {
                return false;
            }
            long chunkLength = lengthOf(chunk);
            if (chunkLength > 0) {
                try (InputStream verified = store.read(chunk, ByteRange.all(chunkLength))) {
                    append(verified, maxLength);
                }
            }
            return true;
        } finally {
            store.delete(chunk);
        }
    }

    private void receiveChunk(InputStream content, long maxLength, MessageDigest hash, ObjectKey chunk)
            throws IOException {
        boolean ended;
        try (Appender appender = store.append(chunk)) {
            ended = transfer(new DigestInputStream(content, hash), appender, maxLength);
            appender.flush();
        } catch (IOException e) {
            throw cutOff(e);
        }
        if (!ended) {
            throw new RegistryException(new TooLarge("the file", length + maxLength));
        }
    }

    private IOException cutOff(IOException e) {
        if (writer.isOusted() || e instanceof OvertakenException) {
            throw new RegistryException(new UploadBusy(id.toString()));
        }
        return e;
    }

    /** Appends what comes up to {@code maxLength} bytes; returns whether nothing more would come. */
    private boolean transfer(InputStream content, Appender appender, long maxLength) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (appender.length() < maxLength) {
            int read = writer.read(content, buffer, (int) Math.min(buffer.length, maxLength - appender.length()));
            if (read < 0) {
                return true;
            }
            appender.append(ByteBuffer.wrap(buffer, 0, read));
        }
        return writer.read(content, buffer, 1) < 0;
    }

    /** Forgets the bytes that have come. */
    public void clear() throws IOException {
        store.delete(StoreLayout.incomingData(id));
        length = 0;
    }

    /** Removes the file: its bytes first, so that none are left that nobody knows of. */
    public void remove() throws IOException {
        clear();
        store.delete(StoreLayout.incomingRecord(id));
        writer.end();
    }

    @Override
    public void close() {
        release.run();
    }
}
