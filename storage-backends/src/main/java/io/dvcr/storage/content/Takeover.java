package io.dvcr.storage.content;

import io.dvcr.storage.lease.Leases;
import java.time.Duration;

/**
 * When a request may take an upload from another that is still writing to it. A client whose connection has died comes
 * back at once, long before the server notices that the first connection is dead.
 *
 * @param silence for how long a writer must have waited for bytes, in vain, to be made to give way
 * @param patience how long a newcomer waits for a writer to finish or to fall silent
 */
record Takeover(Duration silence, Duration patience) {
    static final Takeover DEFAULTS = new Takeover(Duration.ofSeconds(2), Duration.ofSeconds(8));

    /** A newcomer waits until the uploads of a server that has died are free: its clients come to others at once. */
    static Takeover among(Leases leases) {
        Duration untilFree = leases.takenWithin().plus(DEFAULTS.silence());
        return new Takeover(
                DEFAULTS.silence(), untilFree.compareTo(DEFAULTS.patience()) > 0 ? untilFree : DEFAULTS.patience());
    }

    Takeover {
        if (!silence.isPositive() || patience.compareTo(silence) < 0) {
            throw new IllegalArgumentException("silence " + silence + ", patience " + patience);
        }
    }
}
