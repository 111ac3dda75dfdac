package io.dvcr.importers.job;

import java.time.Duration;

/**
 * Which imports that have ended are still known.
 *
 * @param keep how long after its end
 * @param atMost how many, however lately they ended; those that ended first go
 */
public record ImportHistory(Duration keep, int atMost) {
    public static final ImportHistory DEFAULTS = new ImportHistory(Duration.ofDays(30), 10_000);

    public ImportHistory {
        if (keep.isNegative() || atMost < 0) {
            throw new IllegalArgumentException(atMost + " imports, for " + keep);
        }
    }
}
