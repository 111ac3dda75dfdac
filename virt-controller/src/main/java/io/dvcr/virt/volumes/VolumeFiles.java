package io.dvcr.virt.volumes;

import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Device.Format;
import io.dvcr.virt.runtime.Volumes.Volume;
import io.dvcr.virt.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * The files of one volume. Which of them is there says what it is.
 *
 * @param directory absolute
 */
record VolumeFiles(Path directory) {

    Path disk() {
        return directory.resolve("disk");
    }

    Path overlay() {
        return directory.resolve("disk.qcow2");
    }

    Path image() {
        return directory.resolve("image");
    }

    Path cdrom() {
        return directory.resolve("image.iso");
    }

    Path baseLink() {
        return directory.resolve("base");
    }

    void create() throws IOException {
        DurableFiles.createPassableDirectory(directory);
        DurableFiles.force(directory.resolveSibling("."));
    }

    /** The volume, if it is whole. */
    Optional<Volume> ready(String uid) throws IOException {
        if (Files.exists(disk())) {
            return ready(new Device(uid, disk(), Format.RAW, false, false), Files.size(disk()));
        }
        if (Files.exists(overlay())) {
            return ready(new Device(uid, overlay(), Format.QCOW2, false, false), Qcow2Size.of(overlay()));
        }
        if (Files.exists(image())) {
            return ready(new Device(uid, image(), Format.RAW, true, false), Files.size(image()));
        }
        if (Files.exists(cdrom())) {
            return ready(new Device(uid, cdrom(), Format.RAW, true, true), Files.size(cdrom()));
        }
        return Optional.empty();
    }

    private static Optional<Volume> ready(Device device, long bytes) {
        return Optional.of(new Volume.Ready(device, bytes));
    }

    /** What is to become {@code whole}; nothing is there. */
    Path partial(Path whole) throws IOException {
        Path partial = whole.resolveSibling(whole.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        return partial;
    }

    /** Gives what is whole now its name, durably, with rights as QEMU's user is given them by libvirt. */
    void complete(Path partial, Path whole, boolean readOnly) throws IOException {
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString(readOnly ? "r--------" : "rw-------"));
        DurableFiles.force(partial);
        DurableFiles.move(partial, whole);
    }

    /** Removes all of it, if there is anything; what a crash leaves goes when the tree is opened. */
    void delete() throws IOException {
        if (Files.isDirectory(directory)) {
            Path doomed = directory.resolveSibling("." + directory.getFileName() + ".deleting");
            DurableFiles.deleteTree(doomed);
            DurableFiles.move(directory, doomed);
            DurableFiles.deleteTree(doomed);
        }
    }
}
