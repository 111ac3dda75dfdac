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
 * What servers over one store tell each other of imports: which have not ended, and which of those nobody wants any more.
 * One listing tells all. Thread-safe.
 */
record ImportBoard(ObjectStore store) {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /**
     * What is on the board.
     *
     * @param open the jobs that have not ended
     * @param cancelled those of them that are to be ended
     */
    record Notices(Set<String> open, Set<String> cancelled) {}

    Notices read() throws IOException {
        Notices notices = new Notices(new HashSet<>(), new HashSet<>());
        ObjectPages.forEach(store, StoreLayout.OPEN_IMPORTS, object -> {
            String id = object.key().value().split("/", -1)[1];
            (isCancellation(object.key()) ? notices.cancelled() : notices.open()).add(id);
        });
        return notices;
    }

    private static boolean isCancellation(ObjectKey key) {
        return key.lastComponent().equals("cancel");
    }

    void open(String id) throws IOException {
        store.put(StoreLayout.openImport(id), EMPTY.duplicate());
    }

    void cancel(String id) throws IOException {
        store.put(StoreLayout.cancelledImport(id), EMPTY.duplicate());
    }

    void remove(String id) throws IOException {
        store.delete(StoreLayout.cancelledImport(id));
        store.delete(StoreLayout.openImport(id));
    }
}
