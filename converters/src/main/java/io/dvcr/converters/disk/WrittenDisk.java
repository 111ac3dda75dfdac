package io.dvcr.converters.disk;

import java.util.List;

/**
 * The blobs of a disk that has been written. Sizes are in bytes.
 *
 * @param packs in the order of the index's pack table; those of {@link KnownChunks} are among them
 * @param virtualSize what a guest sees
 * @param usedSize the part of it that is not zero, counted in chunks
 * @param storedSize the index and all packs
 * @param newlyStored the index and the packs that were not there before
 */
public record WrittenDisk(
        BlobDescriptor index,
        List<BlobDescriptor> packs,
        long virtualSize,
        long usedSize,
        long storedSize,
        long newlyStored) {
    public WrittenDisk {
        packs = List.copyOf(packs);
    }

    /** The manifest of this disk with the configuration blob {@code config}. */
    public DiskManifest manifest(BlobDescriptor config) {
        return new DiskManifest(config, index, packs);
    }
}
