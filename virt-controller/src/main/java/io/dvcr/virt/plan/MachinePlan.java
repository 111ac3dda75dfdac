package io.dvcr.virt.plan;

import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.plan.Action.CreateVolume;
import io.dvcr.virt.plan.Action.DefineDomain;
import io.dvcr.virt.plan.Action.DeleteVolume;
import io.dvcr.virt.plan.Action.DestroyDomain;
import io.dvcr.virt.plan.Action.Forget;
import io.dvcr.virt.plan.Action.RecordCrash;
import io.dvcr.virt.plan.Action.RecordPoweredOff;
import io.dvcr.virt.plan.Action.RecordStarted;
import io.dvcr.virt.plan.Action.RecordStopped;
import io.dvcr.virt.plan.Action.ShutdownDomain;
import io.dvcr.virt.plan.Action.StartDomain;
import io.dvcr.virt.plan.Action.UndefineDomain;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.DomainState.Unknown;
import io.dvcr.virt.plan.KvmSupport.Usable;
import io.dvcr.virt.plan.Observed.Shutdown;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to do next for a machine. The run policy is {@code AlwaysOnUnlessStoppedManually}: a machine that crashed, or
 * whose host was rebooted, is started again; one that was turned off from within or by hand stays off.
 */
public final class MachinePlan {
    private MachinePlan() {}

    /**
     * Returns the steps from {@code observed} to what {@code spec} desires, in order, as far as they can be told now;
     * none when they agree or something has to be waited for.
     */
    public static List<Action> plan(MachineSpec spec, Observed observed) {
        return switch (spec.desired()) {
            case RUNNING -> run(spec.accelerator(), observed);
            case STOPPED, FORCE_STOPPED -> stop(spec.desired(), observed);
            case DELETED -> delete(observed);
        };
    }

    /** What a guest will run on, or empty if what is requested cannot be had: never a silent second best. */
    static Optional<Accelerator> accelerator(AcceleratorRequest request, KvmSupport kvm) {
        return switch (request) {
            case TCG -> Optional.of(Accelerator.TCG);
            case KVM -> kvm instanceof Usable ? Optional.of(Accelerator.KVM) : Optional.empty();
            case AUTO -> Optional.of(kvm instanceof Usable ? Accelerator.KVM : Accelerator.TCG);
        };
    }

    private static List<Action> run(AcceleratorRequest request, Observed observed) {
        return switch (observed.domain()) {
            case Unknown _ -> volume(observed);
            case Active _ when observed.shutdown() != Shutdown.NOT_ASKED -> turnOff(observed);
            case Active _ -> observed.started() ? List.of() : List.of(new RecordStarted());
            case Inactive _, Absent _ when observed.shutdown() != Shutdown.NOT_ASKED -> List.of(new RecordStopped());
            case Inactive(var end) when observed.started() -> afterEnd(end, request, observed);
            case Inactive _, Absent _ -> start(request, observed);
        };
    }

    private static List<Action> afterEnd(DomainState.End end, AcceleratorRequest request, Observed observed) {
        return switch (end) {
            case POWERED_OFF, DESTROYED -> List.of(new RecordPoweredOff());
            case CRASHED -> List.of(new RecordCrash());
            case UNKNOWN -> start(request, observed);
        };
    }

    /** The domain is defined anew before every start, so that it is always of this version's making. */
    private static List<Action> start(AcceleratorRequest request, Observed observed) {
        Optional<Accelerator> accelerator = accelerator(request, observed.kvm());
        if (accelerator.isEmpty()) {
            return List.of();
        }
        if (!(observed.volume() instanceof VolumeState.Ready)) {
            return volume(observed);
        }
        return List.of(new DefineDomain(accelerator.get()), new StartDomain());
    }

    private static List<Action> stop(DesiredState desired, Observed observed) {
        return switch (observed.domain()) {
            case Unknown _ -> volume(observed);
            case Active _ ->
                desired == DesiredState.FORCE_STOPPED
                        ? List.of(new DestroyDomain(), new RecordStopped())
                        : turnOff(observed);
            case Inactive _, Absent _ -> {
                List<Action> steps = new ArrayList<>();
                if (observed.started() || observed.shutdown() != Shutdown.NOT_ASKED) {
                    steps.add(new RecordStopped());
                }
                steps.addAll(volume(observed));
                yield List.copyOf(steps);
            }
        };
    }

    /** The button is pressed again and again: a guest that is still booting misses the first time. */
    private static List<Action> turnOff(Observed observed) {
        return observed.shutdown() == Shutdown.OVERDUE
                ? List.of(new DestroyDomain(), new RecordStopped())
                : List.of(new ShutdownDomain());
    }

    /** The volume goes with the machine, so its guest is given no time to put it in order. */
    private static List<Action> delete(Observed observed) {
        List<Action> steps = new ArrayList<>();
        switch (observed.domain()) {
            case Unknown _ -> {
                return List.of();
            }
            case Active _ -> {
                steps.add(new DestroyDomain());
                steps.add(new UndefineDomain());
            }
            case Inactive _ -> steps.add(new UndefineDomain());
            case Absent _ -> {}
        }
        if (!(observed.volume() instanceof VolumeState.Absent)) {
            steps.add(new DeleteVolume());
        }
        steps.add(new Forget());
        return List.copyOf(steps);
    }

    private static List<Action> volume(Observed observed) {
        return observed.volume() instanceof VolumeState.Absent ? List.of(new CreateVolume()) : List.of();
    }
}
