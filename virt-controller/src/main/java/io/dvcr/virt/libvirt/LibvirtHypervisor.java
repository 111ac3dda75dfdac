package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.Hypervisor;
import io.dvcr.virt.runtime.KvmSupport;
import io.dvcr.virt.runtime.MachineDefinition;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs machines as domains of this host's libvirt. libvirt need not be there, nor even be installed: it is looked for
 * when it is needed, and again when it was lost. Thread-safe.
 *
 * <p>libvirt remembers how a domain ended until its daemon ends; after that, an {@link Domain.End} is {@code UNKNOWN}
 * unless it was {@code REBOOTED}. A guest's reboot ends its domain only if a changed definition waits and somebody
 * {@linkplain #watch watches}; otherwise it reboots as it is, and the definition waits on.
 */
public final class LibvirtHypervisor implements Hypervisor, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtHypervisor.class);

    /** {@code VIR_DOMAIN_UNDEFINE_} MANAGED_SAVE, SNAPSHOTS_METADATA, NVRAM, CHECKPOINTS_METADATA. */
    private static final int UNDEFINE_ALL = 1 | 2 | 4 | 16;

    /** {@code VIR_DOMAIN_AFFECT_LIVE}. */
    private static final int LIVE = 1;

    /** {@code VIR_DOMAIN_BLOCK_RESIZE_BYTES}. */
    private static final int BYTES = 1;

    private static final int AGENT_SECONDS = 2;

    private final String uri;
    private final HostTraits traits;
    private final LibvirtConnection connection;
    private final RebootWatch reboots;
    private final Unplugs unplugs = new Unplugs();
    private final KvmProbe kvm = new KvmProbe();
    private final List<Consumer<UUID>> watchers = new CopyOnWriteArrayList<>();
    private final ExecutorService eventThreads = Executors.newVirtualThreadPerTaskExecutor();
    private final ReentrantLock listening = new ReentrantLock();
    private @Nullable DomainEvents events;

    /** @param uri such as {@code qemu:///system}; must be of this very host, whose files the domains use */
    public LibvirtHypervisor(String uri, Networking networking) {
        this.uri = uri;
        this.traits = new HostTraits(networking, CpuWeights.of(uri), DiskCaching::of);
        this.connection = new LibvirtConnection(uri);
        this.reboots = new RebootWatch(connection);
    }

    @Override
    public Domain find(UUID uuid) throws IOException {
        return connection.call(connect -> {
            Optional<DomainStatus> status = connect.status(uuid);
            if (status.isEmpty()) {
                return onDomain(connect, uuid, new Absent(), domain -> {
                    throw new IOException("libvirt does not tell the state of " + domain.getName());
                });
            }
            return onDomain(
                    connect,
                    uuid,
                    new Absent(),
                    domain -> status.get().isInactive()
                            ? new Inactive(status.get().end(RebootWatch.isNoted(domain)))
                            : new Active(
                                    status.get().activity(),
                                    DomainDocument.parse(domain.getXMLDesc(0)).devices()));
        });
    }

    /** What was noted of the last run stays: the machine may still have to be started for it. */
    @Override
    public void define(MachineDefinition definition) throws IOException {
        new PreparedDirectory(definition.directory()).prepare(connection);
        connection.call(connect -> {
            boolean isNoted = onDomain(connect, definition.uuid(), false, RebootWatch::isNoted);
            org.libvirt.Domain domain = connect.domainDefineXML(MachineXml.of(definition, traits));
            try {
                if (isNoted) {
                    RebootWatch.note(domain);
                }
                return true;
            } finally {
                domain.free();
            }
        });
    }

    @Override
    public void start(UUID uuid) throws IOException {
        connection.call(connect -> {
            org.libvirt.Domain domain = connect.domainLookupByUUID(uuid);
            try {
                if (domain.isActive() != 1) {
                    domain.create();
                }
                RebootWatch.forget(domain);
                return true;
            } finally {
                domain.free();
            }
        });
    }

    /** By the agent, where there is one, and the ACPI power button, where there is not. */
    @Override
    public void shutdown(UUID uuid) throws IOException {
        ifActive(uuid, org.libvirt.Domain::shutdown);
    }

    @Override
    public void destroy(UUID uuid) throws IOException {
        ifActive(uuid, domain -> {
            RebootWatch.forget(domain);
            domain.destroy();
        });
    }

    @Override
    public void undefine(UUID uuid) throws IOException {
        connection.call(connect -> onDomain(connect, uuid, true, domain -> {
            domain.undefine(UNDEFINE_ALL);
            return true;
        }));
    }

    @Override
    public void pause(UUID uuid) throws IOException {
        ifActive(uuid, org.libvirt.Domain::suspend);
    }

    @Override
    public void resume(UUID uuid) throws IOException {
        ifActive(uuid, domain -> {
            switch (domain.getInfo().state) {
                case VIR_DOMAIN_PAUSED -> domain.resume();
                case VIR_DOMAIN_NOSTATE,
                        VIR_DOMAIN_RUNNING,
                        VIR_DOMAIN_BLOCKED,
                        VIR_DOMAIN_SHUTDOWN,
                        VIR_DOMAIN_SHUTOFF,
                        VIR_DOMAIN_CRASHED,
                        VIR_DOMAIN_PMSUSPENDED -> {}
            }
        });
    }

    @Override
    public void attach(UUID uuid, Device device) throws IOException {
        connection.call(connect -> {
            org.libvirt.Domain domain = connect.domainLookupByUUID(uuid);
            try {
                DomainDocument now = DomainDocument.parse(domain.getXMLDesc(0));
                if (!now.devices().containsKey(device.uid())) {
                    String xml = new DisksXml(true, traits.caching()).plugged(device, now.targets());
                    domain.attachDeviceFlags(xml, LIVE);
                    unplugs.forget(uuid, device.uid());
                }
                return true;
            } finally {
                domain.free();
            }
        });
    }

    @Override
    public void detach(UUID uuid, String device) throws IOException {
        connection.call(connect -> {
            if (target(connect, uuid, device).isEmpty()) {
                unplugs.forget(uuid, device);
            } else if (unplugs.mayAsk(uuid, device)) {
                connect.detach(uuid, DeviceAlias.of(device));
            }
            return true;
        });
    }

    @Override
    public void resize(UUID uuid, String device, long bytes) throws IOException {
        connection.call(connect -> {
            String target = target(connect, uuid, device)
                    .orElseThrow(() -> new IOException("the machine does not run, or has no device " + device));
            return onDomain(connect, uuid, false, domain -> {
                domain.blockResize(target, bytes, BYTES);
                return true;
            });
        });
    }

    @Override
    public Optional<Guest> guest(UUID uuid) throws IOException {
        return connection.call(connect -> onDomain(connect, uuid, Optional.empty(), domain -> {
            try {
                return Optional.of(GuestAgent.guest(
                        domain.qemuAgentCommand(GuestAgent.OS_INFO, AGENT_SECONDS, 0),
                        domain.qemuAgentCommand(GuestAgent.INTERFACES, AGENT_SECONDS, 0)));
            } catch (LibvirtException e) {
                LOG.atDebug().addKeyValue("domain", uuid).log("no guest agent: {}", e.getMessage());
                return Optional.empty();
            }
        }));
    }

    @Override
    public KvmSupport kvm() {
        return kvm.probe();
    }

    @Override
    public Closeable watch(Consumer<UUID> watcher) {
        watchers.add(watcher);
        listen();
        return () -> watchers.remove(watcher);
    }

    private void listen() {
        listening.lock();
        try {
            if (events == null) {
                events = DomainEvents.listen(uri, new DomainEvents.Listener() {
                    @Override
                    public void changed(UUID domain) {
                        watchers.forEach(watcher -> watcher.accept(domain));
                    }

                    @Override
                    public void rebooted(UUID domain) {
                        eventThreads.execute(() -> reboots.rebooted(domain));
                        changed(domain);
                    }
                });
            }
        } finally {
            listening.unlock();
        }
    }

    /** Ends the connection; domains are not touched. */
    @Override
    public void close() {
        listening.lock();
        try {
            if (events != null) {
                events.close();
            }
        } finally {
            listening.unlock();
        }
        eventThreads.close();
        connection.close();
    }

    private interface DomainCall<T> {
        T on(org.libvirt.Domain domain) throws LibvirtException, IOException;
    }

    private interface DomainStep {
        void take(org.libvirt.Domain domain) throws LibvirtException, IOException;
    }

    /** What libvirt calls the device of a domain that runs; empty unless it has it. */
    private static Optional<String> target(EndTellingConnect connect, UUID uuid, String device)
            throws LibvirtException, IOException {
        return onDomain(
                connect,
                uuid,
                Optional.empty(),
                domain -> domain.isActive() == 1
                        ? Optional.ofNullable(DomainDocument.parse(domain.getXMLDesc(0))
                                .devices()
                                .get(device))
                        : Optional.empty());
    }

    /** A domain may end between the look and the step; then there is nothing left to do. */
    private void ifActive(UUID uuid, DomainStep step) throws IOException {
        connection.call(connect -> onDomain(connect, uuid, false, domain -> {
            if (domain.isActive() != 1) {
                return false;
            }
            try {
                step.take(domain);
            } catch (LibvirtException e) {
                if (e.getError().getCode() != ErrorNumber.VIR_ERR_OPERATION_INVALID || domain.isActive() == 1) {
                    throw e;
                }
            }
            return true;
        }));
    }

    private static <T> T onDomain(EndTellingConnect connect, UUID uuid, T absent, DomainCall<T> call)
            throws LibvirtException, IOException {
        try {
            org.libvirt.Domain domain = connect.domainLookupByUUID(uuid);
            try {
                return call.on(domain);
            } finally {
                domain.free();
            }
        } catch (LibvirtException e) {
            if (e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN) {
                return absent;
            }
            throw e;
        }
    }
}
