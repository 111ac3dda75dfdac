package io.dvcr.virt.machine;

/** What a machine's owner wants of it. */
public enum DesiredState {
    RUNNING,
    /** Stopped by its guest on the press of the power button; by force once the grace time is over. */
    STOPPED,
    /** Stopped at once, as by pulling the plug. */
    FORCE_STOPPED,
    /** Gone, with its volume. There is no way back. */
    DELETED;

    /** Whether the machine is to be off, in whatever manner. */
    public boolean isStop() {
        return this == STOPPED || this == FORCE_STOPPED;
    }
}
