package io.dvcr.virt.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/** A connection that also has what libvirt-java 0.5.4 leaves out. */
final class EndTellingConnect extends Connect {
    private final DomainStates states = Native.load("virt", DomainStates.class);

    EndTellingConnect(String uri) throws LibvirtException {
        super(uri);
    }

    /** What {@code virDomainGetState} says. */
    Optional<DomainStatus> status(UUID domain) {
        return onDomain(domain, pointer -> {
            IntByReference state = new IntByReference();
            IntByReference reason = new IntByReference();
            return states.virDomainGetState(pointer, state, reason, 0) == 0
                    ? Optional.of(new DomainStatus(state.getValue(), reason.getValue()))
                    : Optional.empty();
        });
    }

    /**
     * Asks the guest to let go of a device, without waiting for it. A domain that is gone has none.
     *
     * @throws IOException if libvirt refuses
     */
    void detach(UUID domain, String alias) throws IOException {
        Optional<String> refusal = onDomain(
                domain,
                pointer -> states.virDomainDetachDeviceAlias(pointer, alias, DomainStates.VIR_DOMAIN_AFFECT_LIVE) == 0
                        ? Optional.empty()
                        : Optional.of(states.virGetLastErrorMessage()));
        if (refusal.isPresent()) {
            throw new IOException(refusal.get());
        }
    }

    /** Empty if there is no such domain. */
    private <T> Optional<T> onDomain(UUID domain, Function<DomainPointer, Optional<T>> call) {
        @Nullable DomainPointer pointer = states.virDomainLookupByUUIDString(vcp, domain.toString());
        if (pointer == null) {
            return Optional.empty();
        }
        try {
            return call.apply(pointer);
        } finally {
            states.virDomainFree(pointer);
        }
    }

    /** Of {@code libvirt-domain.h}, named as there. */
    interface DomainStates extends Library {
        int VIR_DOMAIN_AFFECT_LIVE = 1;

        @Nullable
        DomainPointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

        int virDomainGetState(DomainPointer domain, IntByReference state, IntByReference reason, int flags);

        int virDomainDetachDeviceAlias(DomainPointer domain, String alias, int flags);

        /** Of the last call of this thread. */
        String virGetLastErrorMessage();

        int virDomainFree(DomainPointer domain);
    }
}
