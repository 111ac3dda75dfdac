package io.dvcr.virt.libvirt;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import io.dvcr.virt.plan.DomainState.End;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;
import org.libvirt.jna.ConnectionPointer;
import org.libvirt.jna.DomainPointer;

/** A connection that also tells how a domain ended: {@code virDomainGetState}, which libvirt-java 0.5.4 leaves out. */
final class EndTellingConnect extends Connect {
    private final DomainStates states = Native.load("virt", DomainStates.class);

    EndTellingConnect(String uri) throws LibvirtException {
        super(uri);
    }

    /** {@link End#UNKNOWN} also if the domain is gone or runs. */
    End lastEnd(UUID domain) {
        @Nullable DomainPointer pointer = states.virDomainLookupByUUIDString(vcp, domain.toString());
        if (pointer == null) {
            return End.UNKNOWN;
        }
        try {
            IntByReference state = new IntByReference();
            IntByReference reason = new IntByReference();
            boolean isShutOff = states.virDomainGetState(pointer, state, reason, 0) == 0
                    && state.getValue() == DomainStates.VIR_DOMAIN_SHUTOFF;
            return isShutOff ? endOf(reason.getValue()) : End.UNKNOWN;
        } finally {
            states.virDomainFree(pointer);
        }
    }

    /** {@code virDomainShutoffReason}: shut down; destroyed; crashed, failed to start, killed by the daemon. */
    private static End endOf(int reason) {
        return switch (reason) {
            case 1 -> End.POWERED_OFF;
            case 2 -> End.DESTROYED;
            case 3, 6, 8 -> End.CRASHED;
            default -> End.UNKNOWN;
        };
    }

    /** Of {@code libvirt-domain.h}, named as there. */
    interface DomainStates extends Library {
        int VIR_DOMAIN_SHUTOFF = 5;

        @Nullable
        DomainPointer virDomainLookupByUUIDString(ConnectionPointer connection, String uuid);

        int virDomainGetState(DomainPointer domain, IntByReference state, IntByReference reason, int flags);

        int virDomainFree(DomainPointer domain);
    }
}
