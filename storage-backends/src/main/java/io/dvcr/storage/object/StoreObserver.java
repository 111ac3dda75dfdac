package io.dvcr.storage.object;

/**
 * Is told of what an object store does. It must not throw, nor wait for anything; both calls come on one thread.
 * Thread-safe.
 */
@FunctionalInterface
public interface StoreObserver {

    /** What a store can be asked to do. */
    enum Action {
        PUT,
        /** Opening an object; not the reading of its bytes. */
        READ,
        HEAD,
        LIST,
        DELETE,
        MOVE,
        COPY,
        /** Opening an object that grows. */
        APPEND,
        /** Making durable what was appended. */
        FLUSH
    }

    /** Waits for the end of one action. */
    @FunctionalInterface
    interface Ending {

        /** @param failed whether the store is at fault; that an object is not there is no failure */
        void end(boolean failed);
    }

    /** The store begins to do something. */
    Ending begin(Action action);

    /** Two observers: {@code outer} begins first and ends last. */
    static StoreObserver both(StoreObserver outer, StoreObserver inner) {
        return action -> {
            Ending outerEnding = outer.begin(action);
            Ending innerEnding = inner.begin(action);
            return failed -> {
                innerEnding.end(failed);
                outerEnding.end(failed);
            };
        };
    }
}
