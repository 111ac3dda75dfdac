package io.dvcr.virt.runtime;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.resource.Key;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Everything a host needs to know to run a machine.
 *
 * @param uuid of the domain; that of the resource
 * @param domain the name that the host has it by; unique on the host
 * @param coreFraction the share of its cores that the machine has for sure, in percent
 * @param cpuModel as libvirt names it; empty for the host's own, or all that can be emulated
 * @param devices in the order in which they are tried at boot
 * @param provisioning a disc with what sets the guest up
 * @param directory of the machine's own files: sockets, logs, firmware variables
 */
public record MachineDefinition(
        UUID uuid,
        Key key,
        String domain,
        int cores,
        int coreFraction,
        Optional<String> cpuModel,
        long memoryBytes,
        Accelerator accelerator,
        OsType osType,
        Bootloader bootloader,
        boolean paravirtualized,
        List<Device> devices,
        Optional<Path> provisioning,
        MachineDirectory directory) {
    public MachineDefinition {
        devices = List.copyOf(devices);
    }
}
