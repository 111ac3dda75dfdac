package io.dvcr.cli.config;

import io.dvcr.virt.libvirt.Networking;
import io.dvcr.virt.runtime.AcceleratorRequest;
import java.time.Duration;

/**
 * The machines of this host.
 *
 * @param enabled whether there are any
 * @param libvirt the URI of the libvirt that runs them
 * @param accelerator what machines run on that do not say
 * @param networking how they are connected
 * @param storageClass how the volumes of disks are kept that do not say
 * @param resync how often every machine is looked at when nothing is known to have changed
 * @param longestRetryDelay how long is waited, at most, before what failed is tried again; the first time, a second
 * @param concurrentDownloads how many volumes are made at once
 */
public record HostedMachines(
        boolean enabled,
        String libvirt,
        AcceleratorRequest accelerator,
        Networking networking,
        VolumeKind storageClass,
        Duration resync,
        Duration longestRetryDelay,
        int concurrentDownloads) {

    /** The names of the storage classes of a single host. */
    public enum VolumeKind {
        /** A sparse raw file. */
        FILE,
        /** What was written since, over one copy of the image for all. */
        OVERLAY
    }

    /** How machines may be connected. */
    enum NetworkKind {
        USER,
        PASST,
        BRIDGE,
        NETWORK
    }

    static HostedMachines defaultsFor(ServerUser user) {
        return new HostedMachines(
                true,
                user.libvirt(),
                AcceleratorRequest.AUTO,
                new Networking.User(),
                VolumeKind.FILE,
                Duration.ofSeconds(5),
                Duration.ofMinutes(1),
                4);
    }

    static HostedMachines read(Section section, HostedMachines defaults) {
        Duration second = Duration.ofSeconds(1);
        return new HostedMachines(
                section.flag("enabled", defaults.enabled()),
                section.text("libvirt", defaults.libvirt()),
                section.choice("accelerator", defaults.accelerator()),
                networking(section),
                section.choice("storageClass", defaults.storageClass()),
                section.duration("resync", defaults.resync(), Duration.ofMillis(100)),
                section.duration("longestRetryDelay", defaults.longestRetryDelay(), second),
                section.number("concurrentDownloads", defaults.concurrentDownloads(), 1, 64));
    }

    private static Networking networking(Section section) {
        String name = section.optional("networkName", ValueType.TEXT).orElse("");
        return switch (section.choice("network", NetworkKind.USER)) {
            case USER -> new Networking.User();
            case PASST -> new Networking.Passt();
            case BRIDGE -> new Networking.Bridge(name);
            case NETWORK -> new Networking.Network(name);
        };
    }
}
