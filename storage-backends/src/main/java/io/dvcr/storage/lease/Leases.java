package io.dvcr.storage.lease;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Rights of which each has one holder at a time, by name. What is held by a server that has died is given to the next who
 * asks. Thread-safe.
 */
public interface Leases {
    /** Between two tries of one who waits. */
    Duration LOOK_EVERY = Duration.ofMillis(200);

    /**
     * The right to do what {@code name} stands for, unless another has it.
     *
     * @param name components of letters, digits, {@code -} and {@code .}, with {@code /} between them
     */
    Optional<Lease> tryTake(String name) throws IOException;

    /** The same, given back by who has it within {@code patience}; else empty. */
    default Optional<Lease> take(String name, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Optional<Lease> taken = tryTake(name);
            if (taken.isPresent() || System.nanoTime() - deadline >= 0) {
                return taken;
            }
            try {
                Thread.sleep(LOOK_EVERY);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while waiting for " + name);
            }
        }
    }

    /** This server as others know it from now on, until it is taken for dead. */
    Session session();

    /** Whether nothing will come any more of the server that was known as {@code session}. */
    boolean isGone(String session) throws IOException;

    /** How long after the death of a server what it held can be taken, at the latest. */
    Duration takenWithin();

    /**
     * Removes what is left of leases that were given back before {@code oldest} and not taken since; of those that nobody
     * else has to be told of, nothing is.
     */
    default void forgetReleased(Instant oldest) throws IOException {}

    /** Whether other servers write to the store, so that what this one remembers of it may be out of date. */
    boolean areShared();
}
