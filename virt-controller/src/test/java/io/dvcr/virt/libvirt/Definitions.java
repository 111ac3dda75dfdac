package io.dvcr.virt.libvirt;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.MachineDefinition;
import io.dvcr.virt.runtime.MachineDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Definitions of machines, each a small change of the usual one: a machine of one core under TCG that boots by BIOS. */
record Definitions(MachineDefinition definition) {

    static Definitions usual(UUID uuid, Path directory, Device... devices) {
        return new Definitions(new MachineDefinition(
                uuid,
                Key.of("default", "web"),
                "dvcr-default-web-" + uuid.toString().substring(0, 8),
                1,
                100,
                Optional.empty(),
                64L << 20,
                Accelerator.TCG,
                OsType.Generic,
                Bootloader.BIOS,
                true,
                List.of(devices),
                Optional.empty(),
                new MachineDirectory(directory)));
    }

    static Device disk(String uid, Path path) {
        return new Device(uid, path, Device.Format.RAW, false, false);
    }

    static Device readOnlyDisk(String uid, Path path) {
        return new Device(uid, path, Device.Format.RAW, true, false);
    }

    static Device cdrom(String uid, Path path) {
        return new Device(uid, path, Device.Format.RAW, true, true);
    }

    Definitions kvm() {
        return with(Accelerator.KVM, definition.osType(), definition.bootloader(), definition.paravirtualized());
    }

    Definitions os(OsType osType) {
        return with(definition.accelerator(), osType, definition.bootloader(), definition.paravirtualized());
    }

    Definitions bootloader(Bootloader bootloader) {
        return with(definition.accelerator(), definition.osType(), bootloader, definition.paravirtualized());
    }

    Definitions notParavirtualized() {
        return with(definition.accelerator(), definition.osType(), definition.bootloader(), false);
    }

    Definitions processor(int cores, int coreFraction, String model) {
        return with(cores, coreFraction, Optional.of(model), definition.memoryBytes(), Optional.empty());
    }

    Definitions cores(int cores) {
        return with(cores, definition.coreFraction(), Optional.empty(), definition.memoryBytes(), Optional.empty());
    }

    Definitions memory(long bytes) {
        return with(definition.cores(), definition.coreFraction(), Optional.empty(), bytes, Optional.empty());
    }

    Definitions provisioning(Path disc) {
        return with(
                definition.cores(),
                definition.coreFraction(),
                Optional.empty(),
                definition.memoryBytes(),
                Optional.of(disc));
    }

    private Definitions with(Accelerator accelerator, OsType osType, Bootloader bootloader, boolean paravirtualized) {
        return new Definitions(new MachineDefinition(
                definition.uuid(),
                definition.key(),
                definition.domain(),
                definition.cores(),
                definition.coreFraction(),
                definition.cpuModel(),
                definition.memoryBytes(),
                accelerator,
                osType,
                bootloader,
                paravirtualized,
                definition.devices(),
                definition.provisioning(),
                definition.directory()));
    }

    private Definitions with(
            int cores, int coreFraction, Optional<String> model, long memoryBytes, Optional<Path> provisioning) {
        return new Definitions(new MachineDefinition(
                definition.uuid(),
                definition.key(),
                definition.domain(),
                cores,
                coreFraction,
                model,
                memoryBytes,
                definition.accelerator(),
                definition.osType(),
                definition.bootloader(),
                definition.paravirtualized(),
                definition.devices(),
                provisioning,
                definition.directory()));
    }
}
