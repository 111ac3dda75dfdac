package io.dvcr.storage.content;

import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A store of which one object cannot be read. */
record UnreadableObject(ObjectReader store, ObjectKey unreadable, IOException failure) implements ObjectReader {

    @Override
    public InputStream read(ObjectKey key, ByteRange range) throws IOException {
        if (key.equals(unreadable)) {
            throw failure;
        }
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
}
