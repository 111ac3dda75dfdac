package io.dvcr.registry.api;

import java.time.Duration;
import java.util.Set;

/**
 * How images are taken that clients send.
 *
 * @param expireAfter how long an upload stays that nobody goes on with, and how long its URL is good before the first
 *     byte
 * @param origins the sites (RFC 6454) whose scripts may begin uploads in a browser, {@code *} for all; who knows the URL
 *     of an upload may go on with it from anywhere
 */
public record ImageUploadSettings(Duration expireAfter, Set<String> origins) {
    public static final ImageUploadSettings DEFAULTS = new ImageUploadSettings(Duration.ofHours(24), Set.of());

    public ImageUploadSettings {
        origins = Set.copyOf(origins);
        if (!expireAfter.isPositive()) {
            throw new IllegalArgumentException("expires after " + expireAfter);
        }
    }

    boolean allows(String origin) {
        return origins.contains("*") || origins.contains(origin);
    }
}
