package io.dvcr.storage.s3;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.s3.GrowthLog.Segment;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Objects in a bucket, each under its key behind a prefix. Any number of processes may use one bucket. Only some keys
 * can be appended to, since to look for an object that grows takes requests of its own; such an object is not listed
 * until it is moved, and its times are those of the server, in whole seconds. Moving and copying never bring the bytes
 * here. Thread-safe.
 */
public final class S3Store implements ObjectStore, Closeable {
    /** So little is copied by reading and writing it, because that way nothing is replaced. */
    private static final long SMALL_BYTES = 64 << 10;

    private final S3Clients clients;
    private final Bucket bucket;
    private final String prefix;
    private final Predicate<ObjectKey> mayGrow;
    private final GrowingObjects growing;
    private final Copying copying;
    private final Set<S3Capability> capabilities;

    private S3Store(
            S3Settings settings,
            S3Clients clients,
            Bucket bucket,
            Predicate<ObjectKey> mayGrow,
            Set<S3Capability> capabilities) {
        this.clients = clients;
        this.bucket = bucket;
        this.prefix = settings.prefix();
        this.mayGrow = mayGrow;
        this.growing = new GrowingObjects(bucket, prefix, settings.sizes());
        this.copying = new Copying(bucket, settings.sizes().copyBytes());
        this.capabilities = Set.copyOf(capabilities);
    }

    /**
     * Opens the store after trying out whether the server can do what is needed.
     *
     * @param mayGrow which keys can be appended to
     * @throws IOException if the bucket cannot be used; the message says what the server lacks
     */
    public static S3Store open(S3Settings settings, Predicate<ObjectKey> mayGrow) throws IOException {
        S3Clients clients = S3Clients.of(settings.server(), settings.patience(), settings.links());
        try {
            Bucket bucket = new Bucket(settings.bucket(), clients);
            Set<S3Capability> capabilities = new S3Trial(bucket, settings.prefix()).run();
            return new S3Store(settings, clients, bucket, mayGrow, capabilities);
        } catch (IOException | RuntimeException e) {
            clients.close();
            throw e;
        }
    }

    /**
     * Opens the store for whoever only looks: nothing is tried out, and what grows is not there.
     *
     * @throws IOException if the bucket cannot be listed
     */
    public static S3Store openToRead(S3Settings settings) throws IOException {
        S3Clients clients = S3Clients.of(settings.server(), settings.patience(), settings.links());
        try {
            Bucket bucket = new Bucket(settings.bucket(), clients);
            List<StoredObject> _ = bucket.list(settings.prefix(), "", 1);
            return new S3Store(settings, clients, bucket, _ -> false, Set.of());
        } catch (IOException e) {
            clients.close();
            throw new IOException("the bucket " + settings.bucket() + " cannot be listed: " + e.getMessage(), e);
        }
    }

    /** What the server was found to be able to do; nothing, unless that was tried. */
    public Set<S3Capability> capabilities() {
        return capabilities;
    }

    private String path(ObjectKey key) {
        return prefix + key;
    }

    @Override
    public void put(ObjectKey key, ByteBuffer content) throws IOException {
        bucket.put(path(key), Bytes.of(content));
        if (mayGrow.test(key)) {
            growing.remove(key);
        }
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, ByteBuffer content) throws IOException {
        return bucket.putIfAbsent(path(key), Bytes.of(content), Map.of());
    }

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        Optional<InputStream> grown = mayGrow.test(key) ? growing.read(key, range) : Optional.empty();
        return grown.isPresent() ? grown.get() : readWhole(key, range);
    }

    private InputStream readWhole(ObjectKey key, ByteRange range) throws IOException {
        if (range.length() > 0) {
            return ObjectStream.open(bucket, path(key), range);
        }
        if (bucket.head(path(key)).isEmpty()) {
            throw new NoSuchFileException(key.value());
        }
        return InputStream.nullInputStream();
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        Optional<ObjectInfo> grown = mayGrow.test(key) ? growing.head(key) : Optional.empty();
        return grown.isPresent()
                ? grown
                : bucket.head(path(key)).map(stored -> new ObjectInfo(key, stored.size(), stored.modified()));
    }

    @Override
    public List<ObjectInfo> list(String keyPrefix, Optional<String> after, int limit) throws IOException {
        if (!keyPrefix.endsWith("/")) {
            throw new IllegalArgumentException("a prefix ends with /: " + keyPrefix);
        }
        String start = after.map(key -> prefix + key).orElse("");
        return bucket.list(prefix + keyPrefix, start, limit).stream()
                .map(stored -> new ObjectInfo(
                        new ObjectKey(stored.key().substring(prefix.length())), stored.size(), stored.modified()))
                .toList();
    }

    @Override
    public boolean delete(ObjectKey key) throws IOException {
        boolean grew = mayGrow.test(key) && growing.remove(key);
        if (bucket.head(path(key)).isEmpty()) {
            return grew;
        }
        bucket.delete(path(key));
        return true;
    }

    @Override
    public void discard(ObjectKey key) throws IOException {
        if (mayGrow.test(key)) {
            growing.remove(key);
        }
        bucket.delete(path(key));
    }

    @Override
    public void move(ObjectKey from, ObjectKey to) throws IOException {
        if (mayGrow.test(from) && growing.finish(from, segments -> copying.make(path(to), segments))) {
            return;
        }
        copying.make(path(to), List.of(whole(from)));
        bucket.delete(path(from));
    }

    private Segment whole(ObjectKey key) throws IOException {
        StoredObject stored = bucket.head(path(key)).orElseThrow(() -> new NoSuchFileException(key.value()));
        return new Segment(stored.key(), 0, stored.size());
    }

    /** Of two copies to one key at once, of objects that are not small, one may replace the other. */
    @Override
    public boolean copyIfAbsent(ObjectKey from, ObjectKey to) throws IOException {
        if (bucket.head(path(to)).isPresent()) {
            return true;
        }
        try {
            Segment source = whole(from);
            if (source.size() > SMALL_BYTES) {
                copying.make(path(to), List.of(source));
            } else {
                boolean _ = putIfAbsent(to, ByteBuffer.wrap(small(from)));
            }
            return true;
        } catch (NoSuchFileException e) {
            return bucket.head(path(to)).isPresent();
        }
    }

    private byte[] small(ObjectKey key) throws IOException {
        try (InputStream in = readWhole(key, ByteRange.all(SMALL_BYTES))) {
            return in.readAllBytes();
        }
    }

    /** @throws IllegalArgumentException if nobody said that {@code key} may grow */
    @Override
    public Appender append(ObjectKey key) throws IOException {
        if (!mayGrow.test(key)) {
            throw new IllegalArgumentException(key + " cannot be appended to");
        }
        return growing.open(key);
    }

    /** None: bytes are streamed. */
    @Override
    public Optional<FileChannel> openFile(ObjectKey key) {
        return Optional.empty();
    }

    @Override
    public Optional<URI> linkTo(ObjectKey key) {
        return Optional.of(clients.link(bucket.name(), path(key)));
    }

    @Override
    public int countLeftovers(Instant before, StillWanted wanted) throws IOException {
        return new S3Leftovers(bucket, prefix, before, wanted, true).remove();
    }

    @Override
    public int removeLeftovers(Instant before, StillWanted wanted) throws IOException {
        return new S3Leftovers(bucket, prefix, before, wanted, false).remove();
    }

    @Override
    public void close() {
        clients.close();
    }
}
