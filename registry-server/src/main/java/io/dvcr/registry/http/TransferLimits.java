package io.dvcr.registry.http;

import java.time.Duration;

/**
 * How long clients may take. Only the time counts that the server waits for the client, never what it takes itself.
 *
 * @param head from connecting to the end of the first request's head; also for the handshake of TLS
 * @param keepAlive from a reply to the end of the next request's head
 * @param silence without a byte of a body, or without the client taking a byte of a reply
 * @param minBytesPerSecond a body or a reply that is slower for as long as {@code silence} is cut off, and so is one that
 *     was refused and is slower for as long as {@code keepAlive}
 * @param total for a whole request and its reply
 */
public record TransferLimits(
        Duration head, Duration keepAlive, Duration silence, long minBytesPerSecond, Duration total) {
    public static final TransferLimits DEFAULTS = new TransferLimits(
            Duration.ofSeconds(30), Duration.ofSeconds(75), Duration.ofSeconds(60), 1024, Duration.ofHours(24));

    public TransferLimits {
        if (head.isZero() || keepAlive.isZero() || silence.isZero() || total.isZero()) {
            throw new IllegalArgumentException("a client needs some time");
        }
        if (minBytesPerSecond < 1) {
            throw new IllegalArgumentException("the slowest transfer has at least one byte a second");
        }
    }
}
