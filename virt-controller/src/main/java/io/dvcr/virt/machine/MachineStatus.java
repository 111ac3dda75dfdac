package io.dvcr.virt.machine;

import io.dvcr.storage.Digest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * What is so, as last observed. Paths and domain are known, and do not change, from the machine's creation on; the
 * files and the domain need not exist yet.
 *
 * @param reason why the phase is what it is, one word in CamelCase; empty if there is nothing to say
 * @param message the same for a human
 * @param imageDigest what the image's reference meant when it was looked up; empty until then
 * @param accelerator what the guest runs on, or last ran on; empty before its first start
 * @param volume the file that is the guest's disk, or its CD-ROM
 * @param consoleSocket a Unix stream socket that is the guest's first serial port while it runs; takes one client at a
 *     time
 * @param consoleLog what the guest wrote to its first serial port, of all its runs
 * @param domain the name that libvirt has it by
 * @param uuid the UUID that libvirt has it by
 */
public record MachineStatus(
        MachinePhase phase,
        String reason,
        String message,
        Optional<Digest> imageDigest,
        Optional<Accelerator> accelerator,
        Path volume,
        Path consoleSocket,
        Path consoleLog,
        String domain,
        UUID uuid) {}
