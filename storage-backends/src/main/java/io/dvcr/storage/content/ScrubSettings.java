package io.dvcr.storage.content;

import java.time.Duration;

/**
 * How the store is scrubbed.
 *
 * @param interval from the end of one scrub to the beginning of the next
 * @param bytesPerSecond what it reads at most, on average
 */
public record ScrubSettings(Duration interval, long bytesPerSecond) {
    public static final ScrubSettings DEFAULTS = new ScrubSettings(Duration.ofDays(7), 16L << 20);

    public ScrubSettings {
        if (interval.isNegative() || interval.isZero() || bytesPerSecond <= 0) {
            throw new IllegalArgumentException("an interval and a rate above zero, not " + interval + " and "
                    + bytesPerSecond + " bytes a second");
        }
    }
}
