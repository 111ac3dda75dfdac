package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * How thoroughly a store is checked. What names what is always looked at; reading blobs again takes the time.
 *
 * @param readers how many blobs are read at once
 * @param since only blobs that were stored since are read
 * @param sample which part of those is read, by chance: from 0, none, to 1, all
 * @param seed of that chance
 * @param abandonedBefore what is unfinished and was not touched since counts as left over
 */
public record CheckSettings(int readers, Optional<Instant> since, double sample, long seed, Instant abandonedBefore) {
    public CheckSettings {
        if (readers < 1 || !(sample >= 0 && sample <= 1)) {
            throw new IllegalArgumentException(
                    "at least one reader and a sample from 0 to 1, not " + readers + " and " + sample);
        }
    }

    /** Whether a blob that was stored at that time is read again. */
    boolean isChosen(Digest blob, Instant stored) {
        boolean isNew = since.isEmpty() || !stored.isBefore(since.get());
        return isNew && (sample == 1 || chance(blob) < sample);
    }

    private double chance(Digest blob) {
        return new SplittableRandom(seed ^ Long.parseUnsignedLong(blob.hex().substring(0, 16), 16)).nextDouble();
    }
}
