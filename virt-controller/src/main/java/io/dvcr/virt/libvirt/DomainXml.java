package io.dvcr.virt.libvirt;

import io.dvcr.virt.host.DomainDefinition;
import io.dvcr.virt.machine.Accelerator;

/**
 * A definition in libvirt's terms; see <a href="https://libvirt.org/formatdomain.html">Domain XML format</a>. A pure
 * function.
 *
 * <p>Every file and socket that the guest's QEMU uses stands here, so that libvirt can label it, give it to QEMU's user,
 * and have AppArmor allow it. Formats are always given: QEMU must never guess a volume's format from what the guest
 * wrote to it.
 */
final class DomainXml {
    static final String NAMESPACE = "https://dvcr.io/virt/v1";

    private final XmlText xml = new XmlText();
    private final DomainDefinition machine;
    private final DiskCaching caching;

    private DomainXml(DomainDefinition machine, DiskCaching caching) {
        this.machine = machine;
        this.caching = caching;
    }

    static String of(DomainDefinition machine, DiskCaching caching) {
        return new DomainXml(machine, caching).domain();
    }

    private boolean isKvm() {
        return machine.accelerator() == Accelerator.KVM;
    }

    private String domain() {
        return xml.element("domain", this::content, "type", isKvm() ? "kvm" : "qemu")
                .toString();
    }

    private void content() {
        xml.text("name", machine.domain());
        xml.text("uuid", machine.uuid().toString());
        xml.text("title", "DVCR machine " + machine.machine());
        xml.element("metadata", this::metadata);
        xml.text("memory", Long.toString(Math.ceilDiv(machine.memoryBytes(), 1024)), "unit", "KiB");
        xml.text("vcpu", Integer.toString(machine.cpus()), "placement", "static");
        xml.text("iothreads", "1");
        xml.element("os", () -> xml.text("type", "hvm", "arch", "x86_64", "machine", "q35"));
        xml.element("features", () -> xml.empty("acpi").empty("apic"));
        processor();
        clock();
        xml.text("on_poweroff", "destroy").text("on_reboot", "restart").text("on_crash", "destroy");
        xml.element("devices", this::devices);
    }

    private void metadata() {
        xml.empty(
                "dvcr:machine",
                "xmlns:dvcr",
                NAMESPACE,
                "name",
                machine.machine().value(),
                "image",
                machine.image().reference(),
                "digest",
                machine.image().digest().toString());
    }

    /** TCG has no host processor to model: it gets all that it can imitate. */
    private void processor() {
        String cores = Integer.toString(machine.cpus());
        xml.element(
                "cpu",
                () -> xml.empty("topology", "sockets", "1", "cores", cores, "threads", "1"),
                "mode",
                isKvm() ? "host-model" : "maximum");
    }

    /** Under KVM, ticks that were missed are made up for, and the slow HPET is left out. */
    private void clock() {
        if (!isKvm()) {
            xml.empty("clock", "offset", "utc");
            return;
        }
        Runnable timers = () -> xml.empty("timer", "name", "rtc", "tickpolicy", "catchup")
                .empty("timer", "name", "pit", "tickpolicy", "delay")
                .empty("timer", "name", "hpet", "present", "no");
        xml.element("clock", timers, "offset", "utc");
    }

    private void devices() {
        if (machine.image().cdrom()) {
            cdrom();
        } else {
            disk();
        }
        xml.empty("controller", "type", "usb", "index", "0", "model", "none");
        network();
        console();
        xml.element("video", () -> xml.empty("model", "type", "vga"));
        xml.empty("memballoon", "model", "virtio", "freePageReporting", "on");
        xml.element("rng", () -> xml.text("backend", "/dev/urandom", "model", "random"), "model", "virtio");
    }

    private void disk() {
        Runnable content = () -> xml.empty(
                        "driver",
                        "name",
                        "qemu",
                        "type",
                        "raw",
                        "cache",
                        caching.cache,
                        "io",
                        caching.io,
                        "discard",
                        "unmap",
                        "error_policy",
                        "stop",
                        "iothread",
                        "1")
                .empty("source", "file", machine.volume().toString())
                .empty("target", "dev", "vda", "bus", "virtio")
                .empty("boot", "order", "1");
        xml.element("disk", content, "type", "file", "device", "disk");
    }

    private void cdrom() {
        Runnable content = () -> xml.empty("driver", "name", "qemu", "type", "raw")
                .empty("source", "file", machine.volume().toString())
                .empty("target", "dev", "sda", "bus", "sata")
                .empty("readonly")
                .empty("boot", "order", "1");
        xml.element("disk", content, "type", "file", "device", "cdrom");
    }

    /** The address is the machine's for good: guests name their interfaces and ask for leases by it. */
    private void network() {
        long low = machine.uuid().getLeastSignificantBits();
        String address = "52:54:00:%02x:%02x:%02x".formatted(low >> 16 & 0xff, low >> 8 & 0xff, low & 0xff);
        Runnable content = () -> xml.empty("mac", "address", address).empty("model", "type", "virtio");
        xml.element("interface", content, "type", "user");
    }

    /** libvirt makes the socket itself and hands it to QEMU; virtlogd writes the log. */
    private void console() {
        Runnable content = () -> xml.empty(
                        "source",
                        "mode",
                        "bind",
                        "path",
                        machine.consoleSocket().toString())
                .empty("log", "file", machine.consoleLog().toString(), "append", "on")
                .element("target", () -> xml.empty("model", "name", "isa-serial"), "type", "isa-serial", "port", "0");
        xml.element("serial", content, "type", "unix");
    }
}
