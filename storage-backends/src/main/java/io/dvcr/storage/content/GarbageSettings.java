package io.dvcr.storage.content;

import java.time.Duration;

/**
 * When garbage is collected.
 *
 * @param interval how long after a collection the next one begins
 * @param grace how long a blob that nothing names stays, and again once it is set aside
 */
public record GarbageSettings(Duration interval, Duration grace) {
    public static final GarbageSettings DEFAULTS =
            new GarbageSettings(Duration.ofHours(1), GarbageCollector.DEFAULT_GRACE);

    public GarbageSettings {
        if (!interval.isPositive() || grace.isNegative()) {
            throw new IllegalArgumentException("interval " + interval + ", grace " + grace);
        }
    }
}
