package io.dvcr.virt.libvirt;

import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.runtime.MachineDefinition;
import java.util.UUID;

/** What a machine has besides its disks. */
record DevicesXml(MachineDefinition machine, Networking networking) {

    void devices(XmlText xml) {
        xml.empty("controller", "type", "scsi", "index", "0", "model", "virtio-scsi");
        usb(xml);
        network(xml);
        console(xml);
        screen(xml);
        if (machine.paravirtualized()) {
            agent(xml);
            xml.empty("memballoon", "model", "virtio", "freePageReporting", "on");
            xml.element("rng", () -> xml.text("backend", "/dev/urandom", "model", "random"), "model", "virtio");
        } else {
            xml.empty("memballoon", "model", "none");
        }
    }

    /** A tablet tells where the pointer is, not how it moves: without one it is never where the person points. */
    private void usb(XmlText xml) {
        String model = switch (machine.osType()) {
            case Generic -> "none";
            case Windows -> "qemu-xhci";
            case LegacyWindows -> "piix3-uhci";
        };
        xml.empty("controller", "type", "usb", "index", "0", "model", model);
        if (machine.osType() != OsType.Generic) {
            xml.empty("input", "type", "tablet", "bus", "usb");
        }
    }

    private void network(XmlText xml) {
        switch (networking) {
            case Networking.User _ -> network(xml, "user", () -> {});
            case Networking.Passt _ -> network(xml, "user", () -> xml.empty("backend", "type", "passt"));
            case Networking.Bridge(String name) -> network(xml, "bridge", () -> xml.empty("source", "bridge", name));
            case Networking.Network(String name) -> network(xml, "network", () -> xml.empty("source", "network", name));
        }
    }

    private void network(XmlText xml, String type, Runnable source) {
        Runnable content = () -> {
            xml.empty("mac", "address", address(machine.uuid()));
            source.run();
            xml.empty("model", "type", networkModel());
        };
        xml.element("interface", content, "type", type);
    }

    private String networkModel() {
        if (machine.paravirtualized()) {
            return "virtio";
        }
        return machine.osType() == OsType.LegacyWindows ? "e1000" : "e1000e";
    }

    /** The address is the machine's for good: guests name their interfaces and ask for leases by it. */
    private static String address(UUID machine) {
        long low = machine.getLeastSignificantBits();
        return "52:54:00:%02x:%02x:%02x".formatted(low >> 16 & 0xff, low >> 8 & 0xff, low & 0xff);
    }

    /** libvirt makes the socket itself and hands it to QEMU; virtlogd writes the log. */
    private void console(XmlText xml) {
        Runnable content = () -> {
            xml.empty(
                    "source",
                    "mode",
                    "bind",
                    "path",
                    machine.directory().consoleSocket().toString());
            xml.empty("log", "file", machine.directory().consoleLog().toString(), "append", "on");
            xml.element("target", () -> xml.empty("model", "name", "isa-serial"), "type", "isa-serial", "port", "0");
        };
        xml.element("serial", content, "type", "unix");
    }

    private void screen(XmlText xml) {
        String socket = machine.directory().vncSocket().toString();
        xml.element("graphics", () -> xml.empty("listen", "type", "socket", "socket", socket), "type", "vnc");
        xml.element("video", () -> xml.empty("model", "type", "vga"));
    }

    private void agent(XmlText xml) {
        String socket = machine.directory().agentSocket().toString();
        Runnable content = () -> xml.empty("source", "mode", "bind", "path", socket)
                .empty("target", "type", "virtio", "name", "org.qemu.guest_agent.0");
        xml.element("channel", content, "type", "unix");
    }
}
