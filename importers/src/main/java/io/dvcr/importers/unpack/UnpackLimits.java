package io.dvcr.importers.unpack;

import java.time.Duration;

/**
 * What unpacking may take, however little was packed. A ratio is not among it: an honest disk that is mostly empty
 * compresses a thousandfold.
 *
 * @param bytes what may come out of each compression, the tar around the file included
 * @param time that unpacking itself takes, without waiting for the source, for room, and for whoever reads the file
 * @param room what it shares with all else that unpacks
 */
public record UnpackLimits(long bytes, Duration time, UnpackRoom room) {
    public UnpackLimits {
        if (bytes < 1 || !time.isPositive()) {
            throw new IllegalArgumentException(bytes + " bytes in " + time);
        }
    }
}
