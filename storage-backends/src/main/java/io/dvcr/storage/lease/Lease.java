package io.dvcr.storage.lease;

import io.dvcr.storage.object.ObjectKey;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A right that this holder alone has, until it is closed or lost. It is lost when the server could not show for long
 * enough that it lives, so that others may have taken it for dead. Thread-safe.
 */
public interface Lease extends AutoCloseable {

    /** What it is the right to. */
    String name();

    /** The fencing number: greater than that of everybody who held this lease before. */
    long epoch();

    /** Whether the holder may still count on it. Asks nobody, and so costs nothing. */
    boolean isHeld();

    /** @throws LeaseLostException unless {@link #isHeld} */
    default void requireHeld() throws LeaseLostException {
        if (!isHeld()) {
            throw new LeaseLostException(name());
        }
    }

    /** @throws LeaseLostException unless the lease was still this holder's when the store was asked just now */
    void confirm() throws IOException;

    /**
     * Stores {@code content}, replacing what is there, unless the lease is lost: once another has the lease, nothing that
     * an earlier holder put can appear any more, however late its requests come.
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

    /** Gives the right back, for the next who wants it. */
    @Override
    void close() throws IOException;
}
