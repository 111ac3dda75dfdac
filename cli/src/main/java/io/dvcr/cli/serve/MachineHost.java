package io.dvcr.cli.serve;

import io.dvcr.cli.config.HostedMachines;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RegistryCredentials;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.control.Controller;
import io.dvcr.virt.control.NodeSettings;
import io.dvcr.virt.control.Rules;
import io.dvcr.virt.libvirt.LibvirtHypervisor;
import io.dvcr.virt.provisioning.IsoDiscs;
import io.dvcr.virt.registry.HttpImageRegistry;
import io.dvcr.virt.registry.RegistryImages;
import io.dvcr.virt.store.ResourceFiles;
import io.dvcr.virt.volumes.FileVolumes;
import io.dvcr.virt.volumes.Overlays;
import io.dvcr.virt.volumes.VolumeSettings;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** The machines of this host: resources as files, volumes as files, domains of its libvirt, and what looks after them. */
final class MachineHost implements Closeable {
    private final Deque<Closeable> parts = new ArrayDeque<>();
    private final ResourceFiles resources;

    /**
     * How the registry is reached.
     *
     * @param tls whom to trust; empty for whom Java does
     */
    record RegistryAccess(URI url, RegistryCredentials credentials, Optional<SSLContext> tls) {}

    /** Takes the directories of machines and begins to look after them. libvirt need not be there. */
    static MachineHost start(
            HostedMachines settings, DataDirectory data, RegistryAccess registry, QemuTools qemu, Clock clock)
            throws IOException {
        ResourceFiles resources = ResourceFiles.open(data.resources(), Kinds.ALL, clock, List.of(new Rules()));
        MachineHost host = new MachineHost(resources);
        try {
            host.wire(settings, data, registry, qemu, clock);
            return host;
        } catch (IOException | RuntimeException e) {
            host.close();
            throw e;
        }
    }

    private MachineHost(ResourceFiles resources) {
        this.resources = part(resources);
    }

    private void wire(HostedMachines settings, DataDirectory data, RegistryAccess registry, QemuTools qemu, Clock clock)
            throws IOException {
        LibvirtHypervisor hypervisor = part(new LibvirtHypervisor(settings.libvirt(), settings.networking()));
        RegistryClient client = new RegistryClient(registry.url(), registry.credentials(), registry.tls());
        VolumeSettings classes = new VolumeSettings(
                VolumeSettings.DEFAULTS.classes(),
                settings.storageClass().name().toLowerCase(Locale.ROOT),
                settings.concurrentDownloads());
        FileVolumes volumes = part(FileVolumes.open(
                data.root(),
                new RegistryImages(client),
                new Overlays(qemu.qemuImg().toAbsolutePath()),
                classes));
        part(Controller.start(
                resources,
                new HttpImageRegistry(registry.url(), registry.credentials(), registry.tls()),
                volumes,
                hypervisor,
                new IsoDiscs(xorriso()),
                node(settings, data),
                clock));
    }

    private static NodeSettings node(HostedMachines settings, DataDirectory data) throws IOException {
        String name = hostname();
        Path machines = Files.createDirectories(data.root().resolve("machines")).toRealPath();
        return new NodeSettings(
                name,
                Map.of("kubernetes.io/hostname", name, "kubernetes.io/os", "linux", "kubernetes.io/arch", "amd64"),
                machines,
                settings.accelerator(),
                settings.resync(),
                settings.longestRetryDelay());
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "localhost";
        }
    }

    /** It need not be installed before a machine is set up by it. */
    private static Path xorriso() {
        return List.of("/usr/bin/xorriso", "/usr/local/bin/xorriso").stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(Path.of("/usr/bin/xorriso"));
    }

    ResourceFiles resources() {
        return resources;
    }

    private <T extends Closeable> T part(T part) {
        parts.push(part);
        return part;
    }

    /** Ends the looking-after. Machines run on. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
