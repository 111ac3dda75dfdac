package io.dvcr.virt.plan.machine;

import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.runtime.Accelerator;

/** One step towards the machine that is asked for. Each is safe to repeat. */
public sealed interface MachineAction {

    /** Sees to it that the resource stays until the domain is gone. */
    record Hold() implements MachineAction {}

    /** Notes, durably, what nobody else remembers. */
    record Remember(MachineRun run) implements MachineAction {}

    /** Makes the machine's directory and what sets its guest up, and defines the domain as the spec is now. */
    record Define(Accelerator accelerator) implements MachineAction {}

    /** Has the host start the machine as the spec is now, should its guest reboot. */
    record Redefine() implements MachineAction {}

    /** Turns it on, unless a disk of it is in use by another. */
    record Start() implements MachineAction {}

    /** Presses the power button; the guest decides what that means. */
    record Shutdown() implements MachineAction {}

    /** Pulls the plug. */
    record Destroy() implements MachineAction {}

    record Undefine() implements MachineAction {}

    /** Removes the machine's directory. */
    record DeleteFiles() implements MachineAction {}

    /** Lets the resource go. */
    record Release() implements MachineAction {}
}
