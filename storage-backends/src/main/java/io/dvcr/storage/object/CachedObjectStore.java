package io.dvcr.storage.object;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a moment what another store was asked: whether there is an object, its size, and the bytes of small
 * ones. It is only for a store that nobody else writes to: what changes through it is seen at once, by a reader that
 * comes after the method that changed it has returned. Objects that grow are not remembered. Thread-safe.
 */
public final class CachedObjectStore implements ObjectStore {
    /** A busy object is asked for thousands of times a second; that a second is enough makes a mistake here a short one. */
    private static final Duration A_MOMENT = Duration.ofSeconds(1);

    private static final int MAX_CONTENT_BYTES = 4096;
    private static final int MAX_ENTRIES = 10_000;

    private final ObjectStore store;
    private final Predicate<ObjectKey> remembered;
    private final Set<ObjectKey> growing = ConcurrentHashMap.newKeySet();
    private final Cache<ObjectKey, Answer<ObjectInfo>> infos = cache();
    private final Cache<ObjectKey, Answer<byte[]>> contents = cache();

    private CachedObjectStore(ObjectStore store, Predicate<ObjectKey> remembered) {
        this.store = store;
        this.remembered = remembered;
    }

    /** @param remembered which objects' bytes may be remembered, if they are few */
    public static CachedObjectStore over(ObjectStore store, Predicate<ObjectKey> remembered) {
        return new CachedObjectStore(store, remembered);
    }

    private static <V> Cache<ObjectKey, V> cache() {
        return Caffeine.newBuilder()
                .maximumSize(MAX_ENTRIES)
                .expireAfterWrite(A_MOMENT)
                .executor(Runnable::run) // to wake another thread takes longer than what it would do
                .build();
    }

    /** What was found under a key, or that there was nothing. */
    private record Answer<T>(Optional<T> found) {}

    /** Gives no answer where there is none that may be remembered. */
    private interface Question<T> {
        Optional<Answer<T>> ask(ObjectKey key) throws IOException;
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        Optional<Answer<ObjectInfo>> known = recall(infos, key, asked -> Optional.of(new Answer<>(store.head(asked))));
        return known.isPresent() ? known.get().found() : store.head(key);
    }

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        if (!remembered.test(key)) {
            return store.read(key, range);
        }
        Optional<Answer<byte[]>> known = recall(contents, key, this::readSmall);
        if (known.isEmpty()) {
            return store.read(key, range);
        }
        byte[] content = known.get().found().orElseThrow(() -> new NoSuchFileException(key.value()));
        int offset = (int) Math.min(range.offset(), content.length);
        return new ByteArrayInputStream(content, offset, (int) Math.min(range.length(), content.length - offset));
    }

    private Optional<Answer<byte[]>> readSmall(ObjectKey key) throws IOException {
        try (InputStream in = store.read(key, ByteRange.all(MAX_CONTENT_BYTES + 1))) {
            byte[] content = in.readAllBytes();
            return content.length > MAX_CONTENT_BYTES
                    ? Optional.empty()
                    : Optional.of(new Answer<>(Optional.of(content)));
        } catch (NoSuchFileException e) {
            return Optional.of(new Answer<>(Optional.empty()));
        }
    }

    /** Asks and remembers in one step for the cache: {@link #forget} waits until it is over. */
    private <T> Optional<Answer<T>> recall(Cache<ObjectKey, Answer<T>> cache, ObjectKey key, Question<T> question)
            throws IOException {
        Optional<Answer<T>> known = Optional.ofNullable(cache.getIfPresent(key));
        if (known.isPresent()) {
            return known;
        }
        Function<ObjectKey, @Nullable Answer<T>> asking = asked -> ask(asked, question);
        try {
            return Optional.ofNullable(cache.get(key, asking));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Null, which a cache does not keep, for what must not be remembered. */
    private <T> @Nullable Answer<T> ask(ObjectKey key, Question<T> question) {
        if (growing.contains(key)) {
            return null;
        }
        try {
            Optional<Answer<T>> answer = question.ask(key);
            return answer.isPresent() ? answer.get() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void forget(ObjectKey key) {
        infos.invalidate(key);
        contents.invalidate(key);
    }

    @Override
    public void put(ObjectKey key, ByteBuffer content) throws IOException {
        try {
            store.put(key, content);
        } finally {
            forget(key);
        }
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, ByteBuffer content) throws IOException {
        try {
            return store.putIfAbsent(key, content);
        } finally {
            forget(key);
        }
    }

    @Override
    public boolean delete(ObjectKey key) throws IOException {
        try {
            return store.delete(key);
        } finally {
            forget(key);
        }
    }

    @Override
    public void move(ObjectKey from, ObjectKey to) throws IOException {
        try {
            store.move(from, to);
        } finally {
            forget(from);
            forget(to);
        }
    }

    @Override
    public boolean copyIfAbsent(ObjectKey from, ObjectKey to) throws IOException {
        try {
            return store.copyIfAbsent(from, to);
        } finally {
            forget(from);
            forget(to);
        }
    }

    @Override
    public Appender append(ObjectKey key) throws IOException {
        growing.add(key);
        forget(key);
        try {
            return new Growing(key, store.append(key));
        } catch (IOException | RuntimeException e) {
            growing.remove(key);
            throw e;
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix, Optional<String> after, int limit) throws IOException {
        return store.list(prefix, after, limit);
    }

    @Override
    public Optional<FileChannel> openFile(ObjectKey key) throws IOException {
        return store.openFile(key);
    }

    @Override
    public Optional<URI> linkTo(ObjectKey key) {
        return store.linkTo(key);
    }

    @Override
    public int countLeftovers(Instant before, StillWanted wanted) throws IOException {
        return store.countLeftovers(before, wanted);
    }

    @Override
    public int removeLeftovers(Instant before, StillWanted wanted) throws IOException {
        return store.removeLeftovers(before, wanted);
    }

    private final class Growing implements Appender {
        private final ObjectKey key;
        private final Appender appender;

        Growing(ObjectKey key, Appender appender) {
            this.key = key;
            this.appender = appender;
        }

        @Override
        public long length() {
            return appender.length();
        }

        @Override
        public void append(ByteBuffer content) throws IOException {
            appender.append(content);
        }

        @Override
        public void flush() throws IOException {
            appender.flush();
        }

        @Override
        public void close() throws IOException {
            try {
                appender.close();
            } finally {
                growing.remove(key);
            }
        }
    }
}
