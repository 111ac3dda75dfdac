package io.dvcr.storage.lease;

import java.io.IOException;

/**
 * A right that this holder alone has, until it is closed or lost. It is lost when the server could not show for long
 * enough that it lives, so that others may have taken it for dead. Thread-safe.
 */
public interface Lease extends Fence, AutoCloseable {

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

    /** Gives the right back, for the next who wants it. */
    @Override
    void close() throws IOException;

    /** Gives the right back to something that nobody will want any more, since it is gone. */
    void closeForGood() throws IOException;
}
