package io.dvcr.virt.plan.machine;

import io.dvcr.virt.api.VirtualMachineStatus.Phase;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.machine.MachineObserved.Missing;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.Domain.Unknown;
import io.dvcr.virt.runtime.KvmSupport.Unusable;

/** What to say of a machine. */
public final class MachineTold {
    private MachineTold() {}

    /** A pure function of what is so. */
    public static Told<Phase> of(MachineObserved observed) {
        if (observed.terminating()) {
            return Told.notReady(Phase.Terminating, "Deleting", "");
        }
        return switch (observed.domain()) {
            case Unknown(var reason) -> Told.notReady(Phase.Pending, "HostUnavailable", reason);
            case Active active -> on(observed, active);
            case Inactive _, Absent _ -> off(observed);
        };
    }

    private static Told<Phase> on(MachineObserved observed, Active active) {
        boolean isEnding = !observed.isToRun()
                || observed.run().restarting()
                || observed.run().shutdownAskedAt().isPresent();
        if (isEnding) {
            return Told.notReady(Phase.Stopping, observed.run().restarting() ? "Restarting" : "Stopping", "");
        }
        return switch (active.activity()) {
            case RUNNING -> Told.ready(Phase.Running);
            case PAUSED -> Told.notReady(Phase.Pause, "Paused", "a person holds it");
            case DISK_ERROR ->
                Told.notReady(Phase.Pause, "DiskError", "a disk cannot be read or written: the host may be full");
            case SHUTTING_DOWN -> Told.notReady(Phase.Stopping, "Stopping", "");
        };
    }

    private static Told<Phase> off(MachineObserved observed) {
        if (!observed.isToRun()) {
            return Told.notReady(Phase.Stopped, "Stopped", "");
        }
        if (observed.missing().isPresent()) {
            Missing missing = observed.missing().get();
            return Told.notReady(Phase.Pending, missing.reason(), missing.message());
        }
        if (MachinePlan.accelerator(observed.accelerator(), observed.kvm()).isEmpty()
                && observed.kvm() instanceof Unusable(var reason)) {
            return Told.notReady(Phase.Failed, "KvmUnusable", reason);
        }
        if (observed.run().notBefore().filter(observed.now()::isBefore).isPresent()) {
            return Told.notReady(
                    Phase.Failed,
                    "Crashed",
                    "ended unexpectedly " + observed.run().crashes() + " times; is started again at "
                            + observed.run().notBefore().get());
        }
        return Told.notReady(Phase.Starting, "Starting", "");
    }
}
