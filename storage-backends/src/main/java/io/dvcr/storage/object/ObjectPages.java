package io.dvcr.storage.object;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Goes through a listing of any length, a page at a time. */
public final class ObjectPages {
    private static final int PAGE = 1000;

    private ObjectPages() {}

    /** Does something with one object. */
    @FunctionalInterface
    public interface Visitor {
        void visit(ObjectInfo object) throws IOException;
    }

    /** Shows {@code visitor} every object whose key begins with {@code prefix}, in order; it may delete or move them. */
    public static void forEach(ObjectReader store, String prefix, Visitor visitor) throws IOException {
        forEach(store, prefix, Optional.empty(), visitor);
    }

    /** The same, of those objects only that come behind the key {@code after}, which need not exist. */
    public static void forEach(ObjectReader store, String prefix, Optional<String> after, Visitor visitor)
            throws IOException {
        Optional<String> last = after;
        List<ObjectInfo> page;
        do {
            page = store.list(prefix, last, PAGE);
            for (ObjectInfo object : page) {
                visitor.visit(object);
                last = Optional.of(object.key().value());
            }
        } while (page.size() == PAGE);
    }
}
