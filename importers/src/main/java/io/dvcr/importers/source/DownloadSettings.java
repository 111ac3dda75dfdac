package io.dvcr.importers.source;

import java.time.Duration;

/**
 * How downloads bear with their sources.
 *
 * @param stallTimeout how long a source may send nothing
 * @param backoff how often, and after what waits, a source that failed is asked again
 */
public record DownloadSettings(Duration stallTimeout, Backoff backoff) {
    public static final DownloadSettings DEFAULTS = new DownloadSettings(
            Duration.ofSeconds(60), new Backoff(6, Duration.ofMillis(500), Duration.ofSeconds(30)));
}
