package io.dvcr.virt.plan.machine;

import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.api.MachineRun.Power;
import io.dvcr.virt.api.VirtualMachineSpec.RestartApprovalMode;
import io.dvcr.virt.api.VirtualMachineSpec.RunPolicy;
import io.dvcr.virt.plan.machine.MachineAction.Define;
import io.dvcr.virt.plan.machine.MachineAction.DeleteFiles;
import io.dvcr.virt.plan.machine.MachineAction.Destroy;
import io.dvcr.virt.plan.machine.MachineAction.Hold;
import io.dvcr.virt.plan.machine.MachineAction.Redefine;
import io.dvcr.virt.plan.machine.MachineAction.Release;
import io.dvcr.virt.plan.machine.MachineAction.Remember;
import io.dvcr.virt.plan.machine.MachineAction.Shutdown;
import io.dvcr.virt.plan.machine.MachineAction.Start;
import io.dvcr.virt.plan.machine.MachineAction.Undefine;
import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.AcceleratorRequest;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.Domain.Unknown;
import io.dvcr.virt.runtime.KvmSupport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What to do next for a machine. */
public final class MachinePlan {
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(2);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(5);

    /** One that has run for so long has not crashed for the same reason as before. */
    private static final Duration LONG_RUN = Duration.ofMinutes(10);

    private MachinePlan() {}

    /** Returns the next steps, in order; none when all is as it is to be or something has to be waited for. */
    public static List<MachineAction> plan(MachineObserved observed) {
        if (observed.terminating()) {
            return observed.held() ? delete(observed) : List.of();
        }
        List<MachineAction> steps = new ArrayList<>();
        if (!observed.held()) {
            steps.add(new Hold());
        }
        switch (observed.domain()) {
            case Unknown _ -> {}
            case Active _ -> whileOn(observed, steps);
            case Inactive(var end) when observed.run().started() -> steps.add(new Remember(after(end, observed)));
            case Absent _
            when observed.run().started() ->
                steps.add(new Remember(observed.run().withEnded()));
            case Inactive _, Absent _ -> whileOff(observed, steps);
        }
        return List.copyOf(steps);
    }

    /** What a guest will run on, or empty if what is asked for cannot be had: never a silent second best. */
    public static Optional<Accelerator> accelerator(AcceleratorRequest request, KvmSupport kvm) {
        boolean isUsable = kvm instanceof KvmSupport.Usable;
        return switch (request) {
            case TCG -> Optional.of(Accelerator.TCG);
            case KVM -> isUsable ? Optional.of(Accelerator.KVM) : Optional.empty();
            case AUTO -> Optional.of(isUsable ? Accelerator.KVM : Accelerator.TCG);
        };
    }

    private static void whileOn(MachineObserved observed, List<MachineAction> steps) {
        MachineRun run = observed.run();
        if (!run.started()) {
            run = run.withStarted(observed.now());
            steps.add(new Remember(run));
        }
        if (mustRestart(observed) && !run.restarting()) {
            run = run.withRestarting();
            steps.add(new Remember(run));
        }
        if (!observed.isToRun() || run.restarting() || run.shutdownAskedAt().isPresent()) {
            turnOff(observed, run, steps);
            return;
        }
        if (observed.changed() && observed.missing().isEmpty() && run.waitingGeneration() != observed.generation()) {
            steps.add(new Redefine());
        }
        if (run.crashes() > 0 && isLong(run, observed.now())) {
            steps.add(new Remember(run.withoutCrashes()));
        }
    }

    private static boolean mustRestart(MachineObserved observed) {
        return observed.changed() && observed.spec().restartApprovalMode() == RestartApprovalMode.Automatic;
    }

    private static boolean isLong(MachineRun run, Instant now) {
        return run.startedAt()
                .filter(started -> now.isAfter(started.plus(LONG_RUN)))
                .isPresent();
    }

    /**
     * A shutdown, once asked for, is seen through. The button is pressed again and again: a guest that is still booting
     * misses the first time.
     */
    private static void turnOff(MachineObserved observed, MachineRun run, List<MachineAction> steps) {
        if (observed.isOverdue()) {
            steps.add(new Destroy());
            return;
        }
        if (run.shutdownAskedAt().isEmpty()) {
            steps.add(new Remember(run.withShutdownAsked(observed.now())));
        }
        steps.add(new Shutdown());
    }

    /** What is to be remembered once a run has ended. */
    private static MachineRun after(Domain.End end, MachineObserved observed) {
        MachineRun run = observed.run();
        if (run.shutdownAskedAt().isPresent() || run.restarting()) {
            return run.withEnded();
        }
        boolean staysOff = observed.spec().runPolicy() != RunPolicy.AlwaysOn;
        return switch (end) {
            case UNKNOWN, REBOOTED -> run.withEnded();
            case POWERED_OFF, DESTROYED -> staysOff ? run.withEnded().withWanted(Power.Off) : run.withEnded();
            case CRASHED -> {
                MachineRun crashed = run.withCrashed(observed.now().plus(backoff(run)));
                yield observed.spec().runPolicy() == RunPolicy.Manual ? crashed.withWanted(Power.Off) : crashed;
            }
        };
    }

    private static Duration backoff(MachineRun run) {
        Duration delay = FIRST_BACKOFF.multipliedBy(1L << Math.min(run.crashes(), 20));
        return delay.compareTo(LONGEST_BACKOFF) < 0 ? delay : LONGEST_BACKOFF;
    }

    /** The domain is defined anew before every start, so that it is always as the spec is now. */
    private static void whileOff(MachineObserved observed, List<MachineAction> steps) {
        MachineRun run = observed.run();
        if (run.shutdownAskedAt().isPresent() || run.restarting()) {
            steps.add(new Remember(run.withEnded()));
        }
        Optional<Accelerator> accelerator = accelerator(observed.accelerator(), observed.kvm());
        if (observed.isToRun()
                && observed.missing().isEmpty()
                && accelerator.isPresent()
                && run.notBefore().filter(observed.now()::isBefore).isEmpty()) {
            steps.add(new Define(accelerator.get()));
            steps.add(new Start());
        }
    }

    /** Its disks outlive it, so its guest is given time to put them in order. */
    private static List<MachineAction> delete(MachineObserved observed) {
        List<MachineAction> steps = new ArrayList<>();
        switch (observed.domain()) {
            case Unknown _ -> {
                return List.of();
            }
            case Active _ -> {
                turnOff(observed, observed.run(), steps);
                return List.copyOf(steps);
            }
            case Inactive _ -> steps.add(new Undefine());
            case Absent _ -> {}
        }
        steps.add(new DeleteFiles());
        steps.add(new Release());
        return List.copyOf(steps);
    }
}
