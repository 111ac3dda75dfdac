package io.dvcr.virt.runtime;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The files of one machine, below {@code DATA/machines/{uid}/}:
 *
 * <pre>
 * console.sock       the first serial port while the machine runs, made by libvirt
 * console.log        what came out of it, kept by virtlogd
 * vnc/vnc.sock       the screen, made by QEMU, which writes nowhere else
 * agent.sock         the channel of the guest agent, made by libvirt
 * nvram.fd           the variables of its UEFI
 * provisioning.iso   what sets the guest up
 * </pre>
 *
 * @param path absolute
 */
public record MachineDirectory(Path path) {
    /** {@code sun_path} has 108 bytes, one of which ends it. */
    private static final int LONGEST_SOCKET_PATH = 107;

    public Path consoleSocket() {
        return path.resolve("console.sock");
    }

    public Path consoleLog() {
        return path.resolve("console.log");
    }

    public Path vncSocket() {
        return path.resolve("vnc/vnc.sock");
    }

    public Path agentSocket() {
        return path.resolve("agent.sock");
    }

    public Path nvram() {
        return path.resolve("nvram.fd");
    }

    public Path provisioning() {
        return path.resolve("provisioning.iso");
    }

    /** Whether the paths of its sockets are short enough for the kernel. */
    public boolean socketsFit() {
        return consoleSocket().toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH;
    }
}
