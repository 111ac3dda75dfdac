package io.dvcr.importers.mirror;

import io.dvcr.storage.Digest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** A blob of a mirrored registry in use: until it is closed it is not removed to make room. Thread-safe. */
public final class MirroredBlob implements AutoCloseable {
    private static final int BUFFER_BYTES = 128 << 10;

    private final ContentCache.Lease lease;
    private final BlobSource source;

    MirroredBlob(ContentCache.Lease lease, BlobSource source) {
        this.lease = lease;
        this.source = source;
    }

    public Digest digest() {
        return lease.blob().digest();
    }

    /** In bytes. */
    public long size() {
        return lease.blob().size();
    }

    boolean holds(ByteRange range) {
        return lease.blob().holds(range);
    }

    /**
     * Waits until bytes of {@code range} are here.
     *
     * @throws IOException if they cannot be had; nothing has to be answered by then
     */
    public void await(ByteRange range) throws IOException {
        lease.blob().await(range, source);
    }

    /**
     * The bytes of {@code range}, as they come. If it is all of the blob, the last one comes only when the whole has the
     * blob's digest. The caller closes the stream before this.
     */
    public InputStream open(ByteRange range) {
        return new BlobStream(lease.blob(), range, source);
    }

    /** Writes the bytes that {@link #open} reads. */
    public void copyTo(OutputStream target, ByteRange range) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = open(range)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                target.write(buffer, 0, read);
            }
        }
    }

    /** As an open file, if it is here as a whole and kept in one; the caller closes it. */
    public Optional<FileChannel> openFile() throws IOException {
        return lease.blob().openFile();
    }

    @Override
    public void close() {
        lease.close();
    }
}
