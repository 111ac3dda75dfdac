package io.dvcr.storage.content;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Does something with an object once it is not aside any more, where collections without a grace may put it again. */
final class BroughtBack {
    private static final int MAX_ATTEMPTS = 10;

    private final ObjectStore store;

    BroughtBack(ObjectStore store) {
        this.store = store;
    }

    interface Action<T> {
        /** @throws NoSuchFileException if there is no such object */
        T perform(ObjectKey home) throws IOException;
    }

    /** @throws NoSuchFileException if there is no such object aside either */
    <T> T perform(ObjectKey home, ObjectKey aside, Action<T> action) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return action.perform(home);
            } catch (NoSuchFileException e) {
                if (attempt == MAX_ATTEMPTS || !store.copyIfAbsent(aside, home)) {
                    throw e;
                }
            }
        }
    }
}
