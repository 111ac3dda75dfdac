package io.dvcr.storage.lease;

import java.util.function.LongSupplier;

/**
 * One life of a server in the eyes of others. A server that could not show in time that it lives begins another, and
 * what it held in the one before is not its own any more. Thread-safe.
 */
public final class Session {
    private final String id;
    private final LongSupplier nanoTime;
    private volatile long sureUntilNanos;
    private volatile boolean ended;

    /** Begins in doubt, until it is renewed. */
    Session(String id, LongSupplier nanoTime) {
        this.id = id;
        this.nanoTime = nanoTime;
        this.sureUntilNanos = nanoTime.getAsLong();
    }

    /** What nobody else ever goes by. */
    public String id() {
        return id;
    }

    /** Whether everybody else is bound to think that this lives, going by this server's own clock alone. */
    public boolean isSure() {
        return !ended && nanoTime.getAsLong() - sureUntilNanos < 0;
    }

    void renew(long untilNanos) {
        sureUntilNanos = untilNanos;
    }

    void end() {
        ended = true;
    }
}
