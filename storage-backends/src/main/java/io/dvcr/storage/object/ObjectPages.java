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
    public static void forEach(ObjectStore store, String prefix, Visitor visitor) throws IOException {
        Optional<String> after = Optional.empty();
        List<ObjectInfo> page;
        do {
            page = store.list(prefix, after, PAGE);
            for (ObjectInfo object : page) {
                visitor.visit(object);
                after = Optional.of(object.key().value());
            }
        } while (page.size() == PAGE);
    }
}
