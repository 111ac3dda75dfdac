package io.dvcr.virt.singlehost;

import io.dvcr.virt.machine.MachineName;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where the files of one machine are. The whole tree:
 *
 * <pre>
 * DATA/machines/.lock                 held by the controller that runs
 *               .{name}.creating/     a machine that is not there yet, never looked into
 *               .{uuid}.deleting/     a machine that is not there any more
 *               {name}/machine.json   what is asked for, and what was done
 *                      disk.partial   a volume in the making, never looked into
 *                      disk           the volume, raw; a CD-ROM where the image is one
 *                      console.sock   the first serial port while the machine runs, made by libvirt
 *                      console.log    what came out of it, kept by virtlogd, which also turns it over to console.log.0
 * </pre>
 *
 * The dot is what a machine's name cannot begin with.
 *
 * @param directory {@code DATA/machines/{name}}, absolute
 */
record MachineFiles(Path directory) {
    /** {@code sun_path} has 108 bytes, one of which ends it. */
    static final int LONGEST_SOCKET_PATH = 107;

    static MachineFiles of(Path machines, MachineName name) {
        return new MachineFiles(machines.resolve(name.value()));
    }

    Path record() {
        return directory.resolve("machine.json");
    }

    Path volume() {
        return directory.resolve("disk");
    }

    Path partialVolume() {
        return directory.resolve("disk.partial");
    }

    Path consoleSocket() {
        return directory.resolve("console.sock");
    }

    Path consoleLog() {
        return directory.resolve("console.log");
    }

    boolean socketFits() {
        return consoleSocket().toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
    }
}
