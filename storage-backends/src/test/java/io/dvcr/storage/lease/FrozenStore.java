package io.dvcr.storage.lease;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;

/** A store as one server sees it that is stopped for long before its requests to move arrive. */
final class FrozenStore implements ObjectStore {
    private final ObjectStore store;
    private final Meanwhile meanwhile;

    interface Meanwhile {
        void happens() throws IOException;
    }

    FrozenStore(ObjectStore store, Meanwhile meanwhile) {
        this.store = store;
        this.meanwhile = meanwhile;
    }

    @Override
    public void move(ObjectKey from, ObjectKey to) throws IOException {
        meanwhile.happens();
        store.move(from, to);
    }

    @Override
    public void put(ObjectKey key, ByteBuffer content) throws IOException {
        store.put(key, content);
    }

    @Override
    public boolean putIfAbsent(ObjectKey key, ByteBuffer content) throws IOException {
        return store.putIfAbsent(key, content);
    }

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        return store.read(key, range);
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) throws IOException {
        return store.head(key);
    }

    @Override
    public List<ObjectInfo> list(String prefix, Optional<String> after, int limit) throws IOException {
        return store.list(prefix, after, limit);
    }

    @Override
    public boolean delete(ObjectKey key) throws IOException {
        return store.delete(key);
    }

    @Override
    public boolean copyIfAbsent(ObjectKey from, ObjectKey to) throws IOException {
        return store.copyIfAbsent(from, to);
    }

    @Override
    public Appender append(ObjectKey key) throws IOException {
        return store.append(key);
    }

    @Override
    public Optional<FileChannel> openFile(ObjectKey key) throws IOException {
        return store.openFile(key);
    }
}
