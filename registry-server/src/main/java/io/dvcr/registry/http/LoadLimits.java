package io.dvcr.registry.http;

import java.time.Duration;

/**
 * How much is done at once, and for whom.
 *
 * @param connections open at once; who comes when there are so many is hung up on
 * @param requests worked on at once; as many again may wait for their turn
 * @param queueTime how long a request waits for its turn before it is refused with 503
 * @param requestsPerClient of one client address at once, those that wait among them; more are refused with 429
 * @param uploadsPerClient those of them that carry a body
 */
public record LoadLimits(
        int connections, int requests, Duration queueTime, int requestsPerClient, int uploadsPerClient) {
    public static final LoadLimits DEFAULTS = new LoadLimits(10_000, 1024, Duration.ofSeconds(10), 512, 128);

    public LoadLimits {
        if (connections < 1 || requests < 1 || requestsPerClient < 1 || uploadsPerClient < 1) {
            throw new IllegalArgumentException("at least one connection, request and upload must be allowed");
        }
    }
}
