package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.HostUnavailableException;
import java.io.IOException;
import java.util.UUID;
import org.libvirt.Domain;
import org.libvirt.Domain.XMLFlags;
import org.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a domain whose guest reboots while a changed definition waits for it, so that it is started anew with that. All
 * others reboot in the QEMU that they have, since libvirt, told to end a domain at its guest's reboot, says afterwards that
 * the guest turned itself off. That a reboot was the end is noted in the definition before: a controller that is killed
 * in between starts the machine again. Thread-safe.
 */
final class RebootWatch {
    private static final Logger LOG = LoggerFactory.getLogger(RebootWatch.class);

    /** {@code VIR_DOMAIN_METADATA_ELEMENT}, {@code VIR_DOMAIN_AFFECT_CONFIG}. */
    private static final int ELEMENT = 2;

    private static final int CONFIG = 2;

    private final LibvirtConnection connection;

    RebootWatch(LibvirtConnection connection) {
        this.connection = connection;
    }

    /** To be called right after the guest was reset, before it has read anything of its disks. */
    void rebooted(UUID uuid) {
        try {
            connection.call(connect -> {
                Domain domain = connect.domainLookupByUUID(uuid);
                try {
                    return endIfChanged(domain);
                } finally {
                    domain.free();
                }
            });
        } catch (HostUnavailableException e) {
            LOG.atDebug().addKeyValue("domain", uuid).log("libvirt is gone: {}", e.getMessage());
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue("domain", uuid)
                    .setCause(e)
                    .log("the guest reboots with its old definition, as its domain could not be ended");
        }
    }

    private static boolean endIfChanged(Domain domain) throws LibvirtException, IOException {
        if (domain.isActive() != 1) {
            return false;
        }
        String running = DomainDocument.parse(domain.getXMLDesc(0)).revision();
        String waiting =
                DomainDocument.parse(domain.getXMLDesc(XMLFlags.INACTIVE)).revision();
        if (running.equals(waiting)) {
            return false;
        }
        try {
            note(domain);
            domain.destroy();
            return true;
        } catch (LibvirtException e) {
            if (domain.isActive() == 1) {
                throw e;
            }
            return false; // one reset is told more than once
        }
    }

    /** From now on, if the domain turns out to have been destroyed, it was for a reboot. */
    static void note(Domain domain) throws LibvirtException {
        domain.setMetadata(ELEMENT, DomainDocument.REBOOTED, "dvcr-end", DomainDocument.END_NAMESPACE, CONFIG);
    }

    /** Takes back what {@link #note} says, if it was said. */
    static void forget(Domain domain) throws LibvirtException, IOException {
        if (isNoted(domain)) {
            domain.setMetadata(ELEMENT, null, "dvcr-end", DomainDocument.END_NAMESPACE, CONFIG);
        }
    }

    static boolean isNoted(Domain domain) throws LibvirtException, IOException {
        return DomainDocument.parse(domain.getXMLDesc(XMLFlags.INACTIVE)).endedByReboot();
    }
}
