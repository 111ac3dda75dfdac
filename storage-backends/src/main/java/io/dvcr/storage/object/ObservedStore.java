package io.dvcr.storage.object;

import io.dvcr.storage.object.StoreObserver.Action;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Another object store, with somebody who is told of what it does. Thread-safe. */
public final class ObservedStore implements ObjectStore {
    private final ObjectStore store;
    private final StoreObserver observer;

    public ObservedStore(ObjectStore store, StoreObserver observer) {
        this.store = store;
        this.observer = observer;
    }

    @FunctionalInterface
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T observed(Action action, Work<T> work) throws IOException {
        StoreObserver.Ending ending = observer.begin(action);
        boolean failed = true;
        try {
            T result = work.run();
            failed = false;
            return result;
        } catch (NoSuchFileException | OvertakenException e) {
            failed = false;
            throw e;
        } finally {
            ending.end(failed);
        }
    }

    @Override
    public void put(ObjectKey key, ByteBuffer content) throws IOException {
        observed(Action.PUT, () -> {
            store.put(key, content);
            return true;
        });
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, ByteBuffer content) throws IOException {
        return observed(Action.PUT, () -> store.putIfAbsent(key, content));
    }

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        return observed(Action.READ, () -> store.read(key, range));
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        return observed(Action.HEAD, () -> store.head(key));
    }

    @Override
    public List<ObjectInfo> list(String prefix, Optional<String> after, int limit) throws IOException {
        return observed(Action.LIST, () -> store.list(prefix, after, limit));
    }

    @Override
    public boolean delete(ObjectKey key) throws IOException {
        return observed(Action.DELETE, () -> store.delete(key));
    }

    @Override
    public void discard(ObjectKey key) throws IOException {
        observed(Action.DELETE, () -> {
            store.discard(key);
            return true;
        });
    }

    @Override
    public void move(ObjectKey from, ObjectKey to) throws IOException {
        observed(Action.MOVE, () -> {
            store.move(from, to);
            return true;
        });
    }

    @Override
    public boolean copyIfAbsent(ObjectKey from, ObjectKey to) throws IOException {
        return observed(Action.COPY, () -> store.copyIfAbsent(from, to));
    }

    @Override
    public Appender append(ObjectKey key) throws IOException {
        return new ObservedAppender(observed(Action.APPEND, () -> store.append(key)));
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

    private final class ObservedAppender implements Appender {
        private final Appender appender;

        ObservedAppender(Appender appender) {
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
            observed(Action.FLUSH, () -> {
                appender.flush();
                return true;
            });
        }

        @Override
        public void close() throws IOException {
            appender.close();
        }
    }
}
