package io.dvcr.virt.host;

import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.machine.MachineName;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Everything a host needs to know to run a machine.
 *
 * @param domain the name that the host has it by; unique on the host
 * @param image what the volume was made of; decides whether that is a disk or a CD-ROM
 * @param volume a raw file
 * @param consoleSocket where the host makes the socket of the first serial port
 * @param consoleLog what the host appends that port's output to
 */
public record DomainDefinition(
        String domain,
        UUID uuid,
        MachineName machine,
        int cpus,
        long memoryBytes,
        Accelerator accelerator,
        ImageDescription image,
        Path volume,
        Path consoleSocket,
        Path consoleLog) {}
