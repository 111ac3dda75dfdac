package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageInspector;

/**
 * What imports may take.
 *
 * @param concurrent how many run at once; the others wait for their turn
 * @param waiting how many of one account, or of all anonymous callers who import to one namespace, may wait
 * @param maxVirtualSizeBytes the largest disk, and the largest file that one is read from
 */
public record ImportLimits(int concurrent, int waiting, long maxVirtualSizeBytes) {
    public static final ImportLimits DEFAULTS =
            new ImportLimits(2, 1000, ImageInspector.DEFAULT_MAX_VIRTUAL_SIZE_BYTES);

    public ImportLimits {
        if (concurrent < 1 || waiting < 1 || maxVirtualSizeBytes < 1) {
            throw new IllegalArgumentException(
                    concurrent + " at once, " + waiting + " waiting, disks of " + maxVirtualSizeBytes + " bytes");
        }
    }
}
