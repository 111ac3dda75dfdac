package io.dvcr.storage.lease;

import java.time.Duration;

/**
 * How long servers that share a store wait for each other.
 *
 * @param term how long a server may show no sign of life before others take over what it held
 */
public record LeaseSettings(Duration term) {
    /** Below it a pause of the garbage collector would pass for death. */
    public static final Duration SHORTEST_TERM = Duration.ofSeconds(1);

    public static final LeaseSettings DEFAULTS = new LeaseSettings(Duration.ofSeconds(10));

    public LeaseSettings {
        if (term.compareTo(SHORTEST_TERM) < 0) {
            throw new IllegalArgumentException("the term must be at least " + SHORTEST_TERM + ": " + term);
        }
    }

    /** How often a server shows that it lives, and looks after the others. */
    Duration beat() {
        return term.dividedBy(5);
    }

    /** After what time without a sign of life others have noticed: they look once a beat. */
    Duration takenWithin() {
        return term.plus(beat().multipliedBy(2));
    }

    /** For how long after a sign of life a server may count on being thought alive: it gives up well before others do. */
    Duration sure() {
        return term.multipliedBy(2).dividedBy(3);
    }
}
