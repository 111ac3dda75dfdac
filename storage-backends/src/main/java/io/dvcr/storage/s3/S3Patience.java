package io.dvcr.storage.s3;

import java.time.Duration;

/**
 * How much is asked of the server at once, and how long it may take.
 *
 * @param connections at most, at a time
 * @param connect for a connection to be made
 * @param silence how long the server may send nothing
 * @param attempts of one request, the first one included; they come at growing distances
 * @param total for all attempts of one request
 * @param copying for all attempts of one request that has the server copy or join bytes
 */
public record S3Patience(
        int connections, Duration connect, Duration silence, int attempts, Duration total, Duration copying) {
    public static final S3Patience DEFAULTS = new S3Patience(
            128, Duration.ofSeconds(5), Duration.ofSeconds(30), 5, Duration.ofMinutes(1), Duration.ofMinutes(15));
}
