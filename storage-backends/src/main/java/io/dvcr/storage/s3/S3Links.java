package io.dvcr.storage.s3;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * URLs that are given to clients, who read from the server itself.
 *
 * @param endpoint where clients reach the server, if that is not where this process does
 * @param lifetime how long after it was given such a URL can be asked for
 */
public record S3Links(Optional<URI> endpoint, Duration lifetime) {
    public static final S3Links DEFAULTS = new S3Links(Optional.empty(), Duration.ofMinutes(5));
}
