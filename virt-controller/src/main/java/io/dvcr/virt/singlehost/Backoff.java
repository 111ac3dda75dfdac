package io.dvcr.virt.singlehost;

import java.time.Duration;
import java.time.Instant;

/**
 * When to try again: a second after the first failure, then twice as long each time. Failures that are far apart do not
 * add up. Not thread-safe.
 */
final class Backoff {
    private static final Duration FIRST = Duration.ofSeconds(1);

    private final Duration longest;
    private Duration delay = Duration.ZERO;
    private Instant notBefore = Instant.MIN;

    Backoff(Duration longest) {
        this.longest = longest;
    }

    void failed(Instant now) {
        boolean isFarFromLast = delay.isZero() || now.isAfter(notBefore.plus(longest));
        Duration next = isFarFromLast ? FIRST : delay.multipliedBy(2);
        delay = next.compareTo(longest) < 0 ? next : longest;
        notBefore = now.plus(delay);
    }

    void reset() {
        delay = Duration.ZERO;
        notBefore = Instant.MIN;
    }

    boolean mustWait(Instant now) {
        return now.isBefore(notBefore);
    }
}
