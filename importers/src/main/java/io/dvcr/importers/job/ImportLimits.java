package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageInspector;
import java.time.Duration;

/**
 * What imports may take.
 *
 * @param concurrent how many run at once; the others wait for their turn
 * @param waiting how many of one account, or of all anonymous callers who import to one namespace, may wait
 * @param maxVirtualSizeBytes the largest disk, and the largest file that one is read from
 * @param unpackTimeout that decompressing and unpacking one source may take, without waiting for it
 * @param history of those that have ended
 */
public record ImportLimits(
        int concurrent, int waiting, long maxVirtualSizeBytes, Duration unpackTimeout, ImportHistory history) {
    public static final ImportLimits DEFAULTS =
            new ImportLimits(2, 1000, ImageInspector.DEFAULT_MAX_VIRTUAL_SIZE_BYTES);

    /** With the usual patience and the usual memory. */
    public ImportLimits(int concurrent, int waiting, long maxVirtualSizeBytes) {
        this(concurrent, waiting, maxVirtualSizeBytes, Duration.ofHours(4), ImportHistory.DEFAULTS);
    }

    public ImportLimits {
        if (concurrent < 1 || waiting < 1 || maxVirtualSizeBytes < 1 || !unpackTimeout.isPositive()) {
            throw new IllegalArgumentException(concurrent + " at once, " + waiting + " waiting, disks of "
                    + maxVirtualSizeBytes + " bytes unpacked in " + unpackTimeout);
        }
    }
}
