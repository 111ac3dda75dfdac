package io.dvcr.virt.plan;

import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.MachinePhase;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.DomainState.Unknown;
import io.dvcr.virt.plan.KvmSupport.Unusable;
import io.dvcr.virt.plan.Observed.Shutdown;
import java.util.Optional;

/**
 * What to say about a machine.
 *
 * @param reason one word in CamelCase, or empty
 * @param message for a human, or empty
 */
public record MachineCondition(MachinePhase phase, String reason, String message) {

    /** A pure function of what is desired, what is so, and why the last attempt, if it failed, did. */
    public static MachineCondition of(MachineSpec spec, Observed observed, Optional<Failure> failure) {
        if (spec.desired() == DesiredState.DELETED) {
            return terminating(observed, failure);
        }
        return switch (observed.domain()) {
            case Unknown(String reason) -> new MachineCondition(MachinePhase.Pending, "HostUnavailable", reason);
            case Active(var activity) -> active(spec, activity, observed, failure);
            case Inactive _, Absent _ ->
                spec.desired().isStop() ? of(MachinePhase.Stopped, failure) : waiting(spec, observed, failure);
        };
    }

    private static MachineCondition terminating(Observed observed, Optional<Failure> failure) {
        return observed.domain() instanceof Unknown(String reason)
                ? new MachineCondition(MachinePhase.Terminating, "HostUnavailable", reason)
                : of(MachinePhase.Terminating, failure);
    }

    private static MachineCondition active(
            MachineSpec spec, DomainState.Activity activity, Observed observed, Optional<Failure> failure) {
        if (spec.desired().isStop() || observed.shutdown() != Shutdown.NOT_ASKED) {
            return of(MachinePhase.Stopping, failure);
        }
        return switch (activity) {
            case RUNNING -> of(MachinePhase.Running, failure);
            case SHUTTING_DOWN -> of(MachinePhase.Stopping, failure);
            case PAUSED ->
                new MachineCondition(
                        MachinePhase.Pause, "Paused", "paused by hand, or because its volume cannot be written");
        };
    }

    private static MachineCondition waiting(MachineSpec spec, Observed observed, Optional<Failure> failure) {
        if (MachinePlan.accelerator(spec.accelerator(), observed.kvm()).isEmpty()
                && observed.kvm() instanceof Unusable(String reason)) {
            return new MachineCondition(MachinePhase.Failed, "KvmUnavailable", reason);
        }
        boolean isGettingOn = observed.volume() instanceof VolumeState.Filling(int percent) && percent > 0;
        if (failure.isPresent() && !isGettingOn) {
            return of(failure.get().lasting() ? MachinePhase.Failed : MachinePhase.Pending, failure);
        }
        return switch (observed.volume()) {
            case VolumeState.Absent _ ->
                new MachineCondition(MachinePhase.Pending, "VolumeNotReady", "the volume is about to be made");
            case VolumeState.Filling(int percent) ->
                new MachineCondition(
                        MachinePhase.Pending, "VolumeNotReady", "the volume is being made: " + percent + "%");
            case VolumeState.Ready _ -> new MachineCondition(MachinePhase.Starting, "", "");
        };
    }

    private static MachineCondition of(MachinePhase phase, Optional<Failure> failure) {
        return new MachineCondition(
                phase,
                failure.map(Failure::reason).orElse(""),
                failure.map(Failure::message).orElse(""));
    }
}
