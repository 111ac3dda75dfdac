package io.dvcr.virt.runtime;

import java.nio.file.Path;

/**
 * A disk or CD-ROM of a machine.
 *
 * @param uid of the resource that it is: what it is known by as long as it is attached, and the beginning of its serial
 *     number in the guest
 * @param path absolute, of a file or block device
 * @param format of what lies there; never guessed
 * @param readOnly whether the guest cannot write to it
 * @param cdrom whether it is a CD-ROM, which is always read-only
 */
public record Device(String uid, Path path, Format format, boolean readOnly, boolean cdrom) {
    public enum Format {
        RAW,
        QCOW2
    }

    public Device {
        if (!path.isAbsolute() || (cdrom && !readOnly)) {
            throw new IllegalArgumentException("device " + path + ", read-only " + readOnly + ", cdrom " + cdrom);
        }
    }
}
