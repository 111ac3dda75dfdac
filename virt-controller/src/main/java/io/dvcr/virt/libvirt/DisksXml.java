package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.MachineDefinition;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The disks of a machine. Those that it starts with are virtio-blk, each served by the machine's iothread, or SATA where
 * the guest has no such driver; CD-ROMs are always SATA. What is plugged in later is SCSI, on a controller that is there
 * from the start, for that takes no free slot.
 *
 * @param caching how a volume is read and written
 */
record DisksXml(boolean paravirtualized, Function<Path, DiskCaching> caching) {
    /** The most that ATA, SCSI and virtio-blk all show to a guest. */
    private static final int LONGEST_SERIAL = 20;

    private static final int LETTERS = 26;

    /** What the provisioning disc has in the place of a uid. */
    static final String PROVISIONING = "provisioning";

    /** Where a disk is attached. */
    private enum Bus {
        VIRTIO("vd"),
        SATA("sd"),
        SCSI("sd");

        private final String prefix;

        Bus(String prefix) {
            this.prefix = prefix;
        }

        String xmlName() {
            return switch (this) {
                case VIRTIO -> "virtio";
                case SATA -> "sata";
                case SCSI -> "scsi";
            };
        }
    }

    /** @param target the name that the hypervisor has it by */
    private record Place(Bus bus, String target, int bootOrder) {}

    void disks(XmlText xml, MachineDefinition machine) {
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < machine.devices().size(); i++) {
            Device device = machine.devices().get(i);
            Bus bus = paravirtualized && !device.cdrom() ? Bus.VIRTIO : Bus.SATA;
            Place place = new Place(bus, free(bus, taken), i + 1);
            taken.add(place.target());
            disk(xml, device, place);
        }
        machine.provisioning().ifPresent(disc -> {
            Device device = new Device(PROVISIONING, disc, Device.Format.RAW, true, true);
            disk(xml, device, new Place(Bus.SATA, free(Bus.SATA, taken), 0));
        });
    }

    /**
     * A disk to be plugged into a machine that runs; an image of a CD-ROM becomes a read-only disk.
     *
     * @param taken the names of those that it has
     */
    String plugged(Device device, List<String> taken) {
        XmlText xml = new XmlText();
        Device disk = new Device(device.uid(), device.path(), device.format(), device.readOnly(), false);
        disk(xml, disk, new Place(Bus.SCSI, free(Bus.SCSI, taken), 0));
        return xml.toString();
    }

    private static String free(Bus bus, List<String> taken) {
        for (int i = 0; ; i++) {
            String first = i < LETTERS ? "" : Character.toString('a' + i / LETTERS - 1);
            String name = bus.prefix + first + (char) ('a' + i % LETTERS);
            if (!taken.contains(name)) {
                return name;
            }
        }
    }

    private void disk(XmlText xml, Device device, Place place) {
        boolean isBlockDevice = !Files.isRegularFile(device.path()) && Files.exists(device.path());
        xml.element(
                "disk",
                () -> content(xml, device, place, isBlockDevice),
                "type",
                isBlockDevice ? "block" : "file",
                "device",
                device.cdrom() ? "cdrom" : "disk");
    }

    private void content(XmlText xml, Device device, Place place, boolean isBlockDevice) {
        driver(xml, device, place);
        xml.empty("source", isBlockDevice ? "dev" : "file", device.path().toString());
        xml.empty("target", "dev", place.target(), "bus", place.bus().xmlName());
        if (device.readOnly()) {
            xml.empty("readonly");
            if (!device.cdrom()) {
                xml.empty("shareable");
            }
        }
        xml.text("serial", serial(device.uid()));
        if (place.bootOrder() > 0) {
            xml.empty("boot", "order", Integer.toString(place.bootOrder()));
        }
        xml.empty("alias", "name", DeviceAlias.of(device.uid()));
    }

    private static String serial(String uid) {
        return uid.substring(0, Math.min(uid.length(), LONGEST_SERIAL)).replace(':', '-');
    }

    /** A disk that cannot be written holds the guest, which then loses nothing, until there is room again. */
    private void driver(XmlText xml, Device device, Place place) {
        List<String> attributes = new ArrayList<>(List.of("name", "qemu", "type", format(device)));
        if (!device.cdrom()) {
            DiskCaching how = caching.apply(device.path());
            attributes.addAll(List.of("cache", how.cache, "io", how.io, "error_policy", "stop"));
            if (!device.readOnly()) {
                attributes.addAll(List.of("discard", "unmap"));
            }
            if (place.bus() == Bus.VIRTIO) {
                attributes.addAll(List.of("iothread", "1"));
            }
        }
        xml.empty("driver", attributes.toArray(String[]::new));
    }

    private static String format(Device device) {
        return switch (device.format()) {
            case RAW -> "raw";
            case QCOW2 -> "qcow2";
        };
    }
}
