package io.dvcr.importers.job;

import io.dvcr.converters.format.ImageInspector;

/**
 * What imports may take.
 *
 * @param concurrent how many run at once; the others wait in the order they came
 * @param maxVirtualSizeBytes the largest disk, and the largest file that one is read from
 */
public record ImportLimits(int concurrent, long maxVirtualSizeBytes) {
    public static final ImportLimits DEFAULTS = new ImportLimits(2, ImageInspector.DEFAULT_MAX_VIRTUAL_SIZE_BYTES);

    public ImportLimits {
        if (concurrent < 1 || maxVirtualSizeBytes < 1) {
            throw new IllegalArgumentException(concurrent + " at once, disks of " + maxVirtualSizeBytes + " bytes");
        }
    }
}
