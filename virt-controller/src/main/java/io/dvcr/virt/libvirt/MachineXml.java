package io.dvcr.virt.libvirt;

import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.MachineDefinition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A machine in libvirt's terms; see <a href="https://libvirt.org/formatdomain.html">Domain XML format</a>. A pure
 * function.
 *
 * <p>Every file and socket that the guest's QEMU uses stands here, so that libvirt can label it, give it to QEMU's user,
 * and have AppArmor allow it. Formats are always given: QEMU must never guess a volume's format from what the guest
 * wrote to it.
 */
final class MachineXml {
    /** Of {@code <dvcr:machine>}, which says whose domain it is, and in which revision. */
    static final String NAMESPACE = "https://dvcr.io/virt/v1";

    private static final int REVISION_DIGITS = 16;

    private final MachineDefinition machine;
    private final HostTraits host;

    private MachineXml(MachineDefinition machine, HostTraits host) {
        this.machine = machine;
        this.host = host;
    }

    /** The definition; it carries a revision, which is that of all else in it. */
    static String of(MachineDefinition machine, HostTraits host) {
        MachineXml xml = new MachineXml(machine, host);
        return xml.domain(revisionOf(xml.domain("")));
    }

    private static String revisionOf(String xml) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(xml.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, REVISION_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isKvm() {
        return machine.accelerator() == Accelerator.KVM;
    }

    private String domain(String revision) {
        XmlText xml = new XmlText();
        return xml.element("domain", () -> content(xml, revision), "type", isKvm() ? "kvm" : "qemu")
                .toString();
    }

    /** A guest that reboots does so in the same QEMU; {@link RebootWatch} ends it there if it is to be another. */
    private void content(XmlText xml, String revision) {
        xml.text("name", machine.domain());
        xml.text("uuid", machine.uuid().toString());
        xml.text("title", "DVCR machine " + machine.key());
        xml.element("metadata", () -> metadata(xml, revision));
        new ProcessorXml(machine, host.weights()).size(xml);
        new FirmwareXml(machine).firmware(xml);
        xml.element("features", () -> features(xml));
        new ProcessorXml(machine, host.weights()).model(xml);
        new ClockXml(machine).clock(xml);
        xml.text("on_poweroff", "destroy").text("on_reboot", "restart").text("on_crash", "destroy");
        xml.element("pm", () -> xml.empty("suspend-to-mem", "enabled", "no").empty("suspend-to-disk", "enabled", "no"));
        xml.element("devices", () -> devices(xml));
    }

    private void metadata(XmlText xml, String revision) {
        xml.empty(
                "dvcr:machine",
                "xmlns:dvcr",
                NAMESPACE,
                "namespace",
                machine.key().namespace().orElse(""),
                "name",
                machine.key().name(),
                "revision",
                revision);
    }

    private void features(XmlText xml) {
        xml.empty("acpi").empty("apic");
        if (machine.bootloader() == Bootloader.EFIWithSecureBoot) {
            xml.empty("smm", "state", "on");
        }
        if (machine.osType() == OsType.Windows && isKvm()) {
            xml.element("hyperv", () -> ClockXml.enlightenments(xml), "mode", "custom");
        }
    }

    private void devices(XmlText xml) {
        new DisksXml(machine.paravirtualized(), host.caching()).disks(xml, machine);
        new DevicesXml(machine, host.networking()).devices(xml);
    }
}
