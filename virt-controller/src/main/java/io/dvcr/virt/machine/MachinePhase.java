package io.dvcr.virt.machine;

/** Where a machine is in its life: {@code status.phase} of {@code virtualization.deckhouse.io/v1alpha2}. */
public enum MachinePhase {
    /** Waits for its volume, or for its host. */
    Pending,
    Starting,
    /** libvirt says that it runs. */
    Running,
    /** libvirt says that its processors are held, for example because its disk ran full. */
    Pause,
    Stopping,
    Stopped,
    /** Cannot be as asked; is tried again now and then. */
    Failed,
    /** Is being deleted. */
    Terminating
}
