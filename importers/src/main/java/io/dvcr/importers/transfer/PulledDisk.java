package io.dvcr.importers.transfer;

/**
 * What a pull has done. In bytes.
 *
 * @param virtualSize what a guest sees
 * @param usedSize the part of it that is not zero
 * @param received what has travelled: manifests, index and frames as they are compressed
 * @param kept the part of {@code usedSize} that the target had already
 * @param copied the part of it that came from the base
 */
public record PulledDisk(long virtualSize, long usedSize, long received, long kept, long copied) {}
