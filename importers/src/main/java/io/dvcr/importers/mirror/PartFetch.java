package io.dvcr.importers.mirror;

import io.dvcr.importers.mirror.CachedBlob.Step;
import io.dvcr.importers.mirror.PartMap.Part;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches what is missing of a stretch of a blob, in order, and keeps each part as it is complete; when it fails, also
 * what has come of the last. If it is to verify the blob it looks at all of it, that which was there included.
 */
final class PartFetch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PartFetch.class);
    private static final int BUFFER_BYTES = 64 << 10;

    private final CachedBlob blob;
    private final long end;
    private final boolean verifies;
    private final BlobSource source;
    private final MessageDigest hash;
    private volatile long position;
    private volatile Optional<IOException> failure = Optional.empty();

    /** The connection, and where it is in the blob. */
    private InputStream body = InputStream.nullInputStream();

    private long bodyPosition = -1;
    private long bodyEnd = -1;

    PartFetch(CachedBlob blob, long start, long end, boolean verifies, BlobSource source) {
        this.blob = blob;
        this.position = start;
        this.end = end;
        this.verifies = verifies;
        this.source = source;
        this.hash = blob.digest().algorithm().newHash();
    }

    boolean verifies() {
        return verifies;
    }

    /** What is before that needs nothing more of this fetch. */
    long position() {
        return position;
    }

    long end() {
        return end;
    }

    Optional<IOException> failure() {
        return failure;
    }

    @Override
    public void run() {
        try {
            fetch();
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("blob", blob.digest()).setCause(e).log("a fetch failed");
            failure = Optional.of(e);
        } catch (RuntimeException | Error e) {
            LOG.atError().addKeyValue("blob", blob.digest()).setCause(e).log("a fetch failed");
            failure = Optional.of(new IOException("the blob could not be fetched", e));
        } finally {
            blob.ended(this, source);
        }
    }

    private void fetch() throws IOException {
        try {
            while (position < end) {
                switch (blob.next(position, end)) {
                    case Step.Skip(Part part) -> skip(part);
                    case Step.Read(ArrivingPart part, long gapEnd) -> read(part, gapEnd);
                }
            }
        } finally {
            body.close();
        }
        if (verifies) {
            verify();
        }
    }

    private void skip(Part part) throws IOException {
        long to = Math.min(end, part.end());
        if (verifies) {
            try (InputStream held = blob.openPart(part, position, to)) {
                hash(held, to - position);
            }
        }
        position = to;
    }

    private void hash(InputStream held, long length) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = length; left > 0; ) {
            int read = held.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException("a part of blob " + blob.digest() + " is shorter than it should be");
            }
            hash.update(buffer, 0, read);
            left -= read;
        }
    }

    private void read(ArrivingPart part, long gapEnd) throws IOException {
        try {
            int length = part.bytes().length;
            for (int arrived = 0; arrived < length; ) {
                int read = connection(part.start() + arrived, gapEnd).read(part.bytes(), arrived, length - arrived);
                if (read < 0) {
                    throw new IOException("blob " + blob.digest() + " ended early");
                }
                arrived += read;
                bodyPosition += read;
                blob.arrived(part, arrived);
            }
        } catch (IOException | RuntimeException | Error e) {
            giveUp(part);
            throw e;
        }
        if (verifies) {
            hash.update(part.bytes());
        }
        blob.keep(part);
        position = part.end();
    }

    /** Keeps what has come, if it is enough to be worth an object. */
    private void giveUp(ArrivingPart part) throws IOException {
        if (part.arrived() >= CachedBlob.BLOCK_BYTES) {
            blob.keep(part);
        } else {
            blob.abandon(part);
        }
    }

    private InputStream connection(long at, long to) throws IOException {
        if (at != bodyPosition || at >= bodyEnd) {
            body.close();
            body = InputStream.nullInputStream();
            body = source.open(at, to - at);
            bodyPosition = at;
            bodyEnd = to;
        }
        return body;
    }

    private void verify() throws IOException {
        Digest actual = Digest.of(blob.digest().algorithm(), hash.digest());
        if (!actual.equals(blob.digest())) {
            LOG.atWarn()
                    .addKeyValue("blob", blob.digest())
                    .addKeyValue("actual", actual)
                    .log("what a mirrored registry gave is not what was asked for, and is not kept");
            blob.forget();
            throw new IOException("blob " + blob.digest() + " arrived as " + actual);
        }
        blob.markWhole();
    }
}
