package io.dvcr.virt.runtime;

import java.util.Map;

/** What the host says of a machine's domain. */
public sealed interface Domain {

    /** The host cannot be asked; {@code reason} is for a human. */
    record Unknown(String reason) implements Domain {}

    /** The host has no such domain. */
    record Absent() implements Domain {}

    /** Defined, not running. */
    record Inactive(End lastEnd) implements Domain {}

    /**
     * There is a QEMU process.
     *
     * @param devices what is attached: the uid of each, and what the hypervisor calls it, such as {@code vda}
     */
    record Active(Activity activity, Map<String, String> devices) implements Domain {
        public Active {
            devices = Map.copyOf(devices);
        }
    }

    /** How a run ended. */
    enum End {
        /** There was none, or the host does not remember, for example since it was rebooted. */
        UNKNOWN,
        /** The guest turned itself off. */
        POWERED_OFF,
        /** The guest began to reboot, and its domain ended for it to be started anew. */
        REBOOTED,
        /** Someone pulled the plug. */
        DESTROYED,
        /** QEMU died. */
        CRASHED
    }

    /** What a running domain does. */
    enum Activity {
        RUNNING,
        /** A person, or the controller, holds it. */
        PAUSED,
        /** It holds since a disk could not be written or read. */
        DISK_ERROR,
        SHUTTING_DOWN
    }
}
