package io.dvcr.importers.job;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * What servers over one store tell each other of imports: which have not ended, which of those are begun, and
 * which nobody wants any more.
 * One listing tells all. Thread-safe.
 */
record ImportBoard(ObjectStore store) {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /**
     * What is on the board.
     *
     * @param open the jobs that have not ended
     * @param begun those of them that some server has begun
     * @param cancelled those of them that are to be ended
     */
    record Notices(Set<String> open, Set<String> begun, Set<String> cancelled) {
        private Set<String> saying(ObjectKey key) {
            return switch (key.lastComponent()) {
                case "cancel" -> cancelled;
                case "begun" -> begun;
                default -> open;
            };
        }
    }

    Notices read() throws IOException {
        Notices notices = new Notices(new HashSet<>(), new HashSet<>(), new HashSet<>());
        ObjectPages.forEach(store, StoreLayout.OPEN_IMPORTS, object -> {
            String id = object.key().value().split("/", -1)[1];
            notices.saying(object.key()).add(id);
        });
        return notices;
    }

    void open(String id) throws IOException {
        store.put(StoreLayout.openImport(id), EMPTY.duplicate());
    }

    void begin(String id) throws IOException {
        store.put(StoreLayout.begunImport(id), EMPTY.duplicate());
    }

    void cancel(String id) throws IOException {
        store.put(StoreLayout.cancelledImport(id), EMPTY.duplicate());
    }

    void remove(String id) throws IOException {
        store.delete(StoreLayout.cancelledImport(id));
        store.delete(StoreLayout.begunImport(id));
        store.delete(StoreLayout.openImport(id));
    }
}
