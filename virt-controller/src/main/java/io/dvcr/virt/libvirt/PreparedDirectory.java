package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.MachineDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directory of a machine, made ready for QEMU, which passes through it, and makes the socket of its screen itself: in
 * a directory below, since whoever can write where the log of the console lies can have virtlogd write elsewhere.
 */
record PreparedDirectory(MachineDirectory directory) {
    /** Whom QEMU runs as, in what libvirt says it can do: {@code +uid:+gid}. */
    private static final Pattern QEMU_USER =
            Pattern.compile("<model>dac</model>.*?<baselabel[^>]*>\\+(\\d+):\\+(\\d+)</baselabel>", Pattern.DOTALL);

    void prepare(LibvirtConnection connection) throws IOException {
        Path screen = directory.vncSocket().resolveSibling("");
        Files.createDirectories(screen);
        Files.setPosixFilePermissions(directory.path(), PosixFilePermissions.fromString("rwx--x--x"));
        OptionalInt group = connection.call(connect -> qemuGroup(connect.getCapabilities()));
        if (group.isPresent()) {
            Files.setAttribute(screen, "unix:gid", group.getAsInt());
        }
        Files.setPosixFilePermissions(screen, PosixFilePermissions.fromString("rwx-wx--x"));
    }

    /** Empty for a user's own libvirt, whose QEMU is that user's too. */
    private static OptionalInt qemuGroup(String capabilities) {
        Matcher user = QEMU_USER.matcher(capabilities);
        return user.find() ? OptionalInt.of(Integer.parseInt(user.group(2))) : OptionalInt.empty();
    }
}
