package io.dvcr.virt.libvirt;

import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;

/**
 * What libvirt says of a domain, in the numbers of {@code libvirt-domain.h}.
 *
 * @param state {@code virDomainState}
 * @param reason of an enumeration of its own for each state
 */
record DomainStatus(int state, int reason) {
    private static final int PAUSED = 3;
    private static final int SHUTDOWN = 4;
    private static final int SHUTOFF = 5;
    private static final int CRASHED = 6;

    private static final int PAUSED_IOERROR = 5;
    private static final int PAUSED_SHUTTING_DOWN = 8;
    private static final int PAUSED_STARTING_UP = 11;

    private static final int SHUTOFF_SHUTDOWN = 1;
    private static final int SHUTOFF_DESTROYED = 2;
    private static final int SHUTOFF_CRASHED = 3;
    private static final int SHUTOFF_FAILED = 6;
    private static final int SHUTOFF_DAEMON = 8;

    boolean isInactive() {
        return state == SHUTOFF || state == CRASHED;
    }

    /** Of a domain that runs. One that is just starting is held for a moment by libvirt itself. */
    Activity activity() {
        return switch (state) {
            case PAUSED ->
                switch (reason) {
                    case PAUSED_IOERROR -> Activity.DISK_ERROR;
                    case PAUSED_SHUTTING_DOWN -> Activity.SHUTTING_DOWN;
                    case PAUSED_STARTING_UP -> Activity.RUNNING;
                    default -> Activity.PAUSED;
                };
            case SHUTDOWN -> Activity.SHUTTING_DOWN;
            default -> Activity.RUNNING;
        };
    }

    /**
     * Of a domain that does not run. libvirt forgets it when its daemon ends.
     *
     * @param endedByReboot whether its definition says that {@link RebootWatch} ended it
     */
    End end(boolean endedByReboot) {
        return switch (reason) {
            case SHUTOFF_SHUTDOWN -> End.POWERED_OFF;
            case SHUTOFF_DESTROYED -> endedByReboot ? End.REBOOTED : End.DESTROYED;
            case SHUTOFF_CRASHED, SHUTOFF_FAILED, SHUTOFF_DAEMON -> End.CRASHED;
            default -> endedByReboot ? End.REBOOTED : End.UNKNOWN;
        };
    }
}
