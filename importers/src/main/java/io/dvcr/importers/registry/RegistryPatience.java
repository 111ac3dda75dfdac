package io.dvcr.importers.registry;

import io.dvcr.importers.source.Backoff;
import java.time.Duration;

/**
 * How long a registry is borne with.
 *
 * @param stall how long the next bytes of an answer may take
 * @param backoff how often, and after what waits, a request that failed in passing is sent again
 */
public record RegistryPatience(Duration stall, Backoff backoff) {
    public static final RegistryPatience DEFAULT = new RegistryPatience(
            Duration.ofSeconds(30), new Backoff(6, Duration.ofMillis(500), Duration.ofSeconds(10)));
}
