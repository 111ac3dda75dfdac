package io.dvcr.converters.format;

/**
 * What an inspected image file holds.
 *
 * @param virtualSizeBytes the size of the disk that a guest sees; positive, and for raw and ISO the file's length as
 *     it is, not rounded
 * @param plain whether the disk is the first {@code virtualSizeBytes} of the file, byte for byte
 */
public record ImageInfo(ImageFormat format, long virtualSizeBytes, boolean plain) {
    public ImageInfo {
        if (virtualSizeBytes <= 0) {
            throw new IllegalArgumentException("a disk of " + virtualSizeBytes + " bytes");
        }
    }

    /** Whether the disk is to be presented as an optical disc. */
    public boolean cdrom() {
        return format == ImageFormat.ISO;
    }
}
