package io.dvcr.storage.lease;

import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** How something is stored that only one may store who holds a right, or anybody. Thread-safe. */
public interface Fence {

    /**
     * Stores {@code content}, replacing what is there, unless the right is lost: once another has it, nothing that an
     * earlier holder put can appear any more, however late its requests come.
     *
     * @throws LeaseLostException if it is lost; then nothing is stored
     */
    void put(ObjectKey key, ByteBuffer content) throws IOException;

    /**
     * As {@link #put}, but leaves what is there: who has to know whose it is reads it.
     *
     * @throws LeaseLostException if it is lost; then nothing is stored
     */
    void putUnlessTaken(ObjectKey key, ByteBuffer content) throws IOException;

    /** Where anybody may store something. */
    static Fence none(ObjectStore store) {
        return new Fence() {
            @Override
            public void put(ObjectKey key, ByteBuffer content) throws IOException {
                store.put(key, content);
            }

            @Override
            public void putUnlessTaken(ObjectKey key, ByteBuffer content) throws IOException {
                boolean _ = store.putIfAbsent(key, content);
            }
        };
    }
}
