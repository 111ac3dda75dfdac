package io.dvcr.importers.job;

import java.time.Duration;

/**
 * How what clients push as it is becomes disks.
 *
 * @param enabled whether it does at all
 * @param concurrent how many are converted at once; the others wait in the order they came
 * @param timeout how long unpacking one may take
 */
public record ConversionSettings(boolean enabled, int concurrent, Duration timeout) {
    public static final ConversionSettings DEFAULTS = new ConversionSettings(true, 1, Duration.ofHours(4));

    public ConversionSettings {
        if (concurrent < 1 || !timeout.isPositive()) {
            throw new IllegalArgumentException(concurrent + " at once, for " + timeout + " each");
        }
    }
}
