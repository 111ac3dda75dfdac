package io.dvcr.virt.runtime;

import io.dvcr.storage.Digest;

/**
 * One image, for good: a tag may move, this does not.
 *
 * @param reference as the machine has it; its repository is where {@code digest} is to be found
 * @param digest of the manifest
 * @param virtualSizeBytes what the guest sees; the exact length of the image as a raw file
 * @param cdrom whether it is an ISO 9660 image, to be read and never written
 */
public record ImageDescription(String reference, Digest digest, long virtualSizeBytes, boolean cdrom) {
    public ImageDescription {
        if (virtualSizeBytes <= 0) {
            throw new IllegalArgumentException("an image of " + virtualSizeBytes + " bytes");
        }
    }
}
