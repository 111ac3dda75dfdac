package io.dvcr.storage.content;

import java.time.Duration;

/**
 * How uploads are kept.
 *
 * @param expireAfter how long one stays that nobody goes on with
 */
public record UploadSettings(Duration expireAfter) {
    public static final UploadSettings DEFAULTS = new UploadSettings(Duration.ofDays(7));

    public UploadSettings {
        if (!expireAfter.isPositive()) {
            throw new IllegalArgumentException("expires after " + expireAfter);
        }
    }
}
