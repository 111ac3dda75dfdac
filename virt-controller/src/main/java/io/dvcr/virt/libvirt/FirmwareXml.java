package io.dvcr.virt.libvirt;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.runtime.MachineDefinition;

/**
 * What a machine boots with. Which file that is, libvirt finds by the descriptions that every distribution's firmware
 * comes with, in {@code /usr/share/qemu/firmware}; the machine's own variables are made from the template that they name,
 * at its first start.
 */
record FirmwareXml(MachineDefinition machine) {

    void firmware(XmlText xml) {
        if (machine.bootloader() == Bootloader.BIOS) {
            xml.element("os", () -> type(xml));
        } else {
            xml.element("os", () -> efi(xml), "firmware", "efi");
        }
    }

    private static void type(XmlText xml) {
        xml.text("type", "hvm", "arch", "x86_64", "machine", "q35");
    }

    /** Secure boot means that keys are enrolled: firmware that could check, and knows no key, checks nothing. */
    private void efi(XmlText xml) {
        String secure = machine.bootloader() == Bootloader.EFIWithSecureBoot ? "yes" : "no";
        type(xml);
        xml.element(
                "firmware",
                () -> xml.empty("feature", "enabled", secure, "name", "enrolled-keys")
                        .empty("feature", "enabled", secure, "name", "secure-boot"));
        xml.text("nvram", machine.directory().nvram().toString());
    }
}
