package io.dvcr.virt.libvirt;

import io.dvcr.virt.host.DomainDefinition;
import io.dvcr.virt.host.Host;
import io.dvcr.virt.host.KvmProbe;
import io.dvcr.virt.plan.DomainState;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Activity;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.KvmSupport;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.libvirt.Domain;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/**
 * Runs machines as domains of this host's libvirt. libvirt need not be there, nor even be installed: it is looked for
 * when it is needed, and again when it was lost. Thread-safe.
 */
public final class LibvirtHost implements Host, Closeable {
    /** {@code VIR_DOMAIN_UNDEFINE_} MANAGED_SAVE, SNAPSHOTS_METADATA, NVRAM, CHECKPOINTS_METADATA. */
    private static final int UNDEFINE_ALL = 1 | 2 | 4 | 16;

    private final LibvirtConnection connection;
    private final KvmProbe kvm = new KvmProbe();

    /** @param uri such as {@link #defaultUri()}; must be of this very host, whose files the domains use */
    public LibvirtHost(String uri) {
        this.connection = new LibvirtConnection(uri);
    }

    /** The system's libvirt for root, the user's own for everyone else. */
    public static String defaultUri() {
        return isRoot() ? "qemu:///system" : "qemu:///session";
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    @Override
    public DomainState find(UUID uuid) throws IOException {
        return connection.call(connect ->
                onDomain(connect, uuid, new Absent(), domain -> switch (domain.getInfo().state) {
                    case VIR_DOMAIN_SHUTOFF, VIR_DOMAIN_CRASHED -> new Inactive(connect.lastEnd(uuid));
                    case VIR_DOMAIN_PAUSED, VIR_DOMAIN_PMSUSPENDED, VIR_DOMAIN_NOSTATE -> new Active(Activity.PAUSED);
                    case VIR_DOMAIN_SHUTDOWN -> new Active(Activity.SHUTTING_DOWN);
                    case VIR_DOMAIN_RUNNING, VIR_DOMAIN_BLOCKED -> new Active(Activity.RUNNING);
                }));
    }

    @Override
    public void define(DomainDefinition definition) throws IOException {
        connection.call(connect -> {
            String xml = DomainXml.of(definition, DiskCaching.of(definition.volume()));
            return connect.domainDefineXML(xml).free();
        });
    }

    @Override
    public void start(UUID uuid) throws IOException {
        connection.call(connect -> {
            Domain domain = connect.domainLookupByUUID(uuid);
            try {
                return domain.isActive() == 1 ? 0 : domain.create();
            } finally {
                domain.free();
            }
        });
    }

    @Override
    public void shutdown(UUID uuid) throws IOException {
        ifActive(uuid, Domain::shutdown);
    }

    @Override
    public void destroy(UUID uuid) throws IOException {
        ifActive(uuid, Domain::destroy);
    }

    @Override
    public void undefine(UUID uuid) throws IOException {
        connection.call(connect -> onDomain(connect, uuid, true, domain -> {
            domain.undefine(UNDEFINE_ALL);
            return true;
        }));
    }

    @Override
    public KvmSupport kvm() {
        return kvm.probe();
    }

    /** Ends the connection; domains are not touched. */
    @Override
    public void close() {
        connection.close();
    }

    private interface DomainCall<T> {
        T on(Domain domain) throws LibvirtException;
    }

    private interface DomainStep {
        void take(Domain domain) throws LibvirtException;
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
            throws LibvirtException {
        try {
            Domain domain = connect.domainLookupByUUID(uuid);
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
