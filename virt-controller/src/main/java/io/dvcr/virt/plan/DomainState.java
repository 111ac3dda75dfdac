package io.dvcr.virt.plan;

/** What the host says of a machine's domain. */
public sealed interface DomainState {

    /** The host cannot be asked; {@code reason} is for a human. */
    record Unknown(String reason) implements DomainState {}

    /** The host has no such domain. */
    record Absent() implements DomainState {}

    /** Defined, not running. */
    record Inactive(End lastEnd) implements DomainState {}

    /** There is a QEMU process. */
    record Active(Activity activity) implements DomainState {}

    /** How a run ended. */
    enum End {
        /** There was none, or the host does not remember, for example since it was rebooted. */
        UNKNOWN,
        /** The guest turned itself off. */
        POWERED_OFF,
        /** Someone pulled the plug. */
        DESTROYED,
        /** QEMU died. */
        CRASHED
    }

    /** What a running domain does. */
    enum Activity {
        RUNNING,
        PAUSED,
        SHUTTING_DOWN
    }
}
