package io.dvcr.importers.image;

/**
 * Which faces an image gets besides its disk and the KubeVirt artifact.
 *
 * @param containerDisk whether it gets a containerDisk
 * @param maxContainerDiskBytes the largest disk that gets one, in bytes: the digest that the image specification wants
 *     of its archive takes hashing all of the disk, zeros included
 */
public record FaceSettings(boolean containerDisk, long maxContainerDiskBytes) {
    public static final FaceSettings DEFAULTS = new FaceSettings(true, 32L << 30);

    /** The same, but with a containerDisk or not as {@code wanted} says. */
    public FaceSettings withContainerDisk(boolean wanted) {
        return new FaceSettings(wanted, maxContainerDiskBytes);
    }

    boolean wantsContainerDisk(long virtualSize) {
        return containerDisk && virtualSize <= maxContainerDiskBytes;
    }
}
