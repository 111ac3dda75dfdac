package io.dvcr.virt.plan.machine;

import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.api.MachineRun.Power;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.runtime.AcceleratorRequest;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.KvmSupport;
import java.time.Instant;
import java.util.Optional;

/**
 * What is so of a machine, and what is asked for.
 *
 * @param terminating whether its deletion was asked for
 * @param held whether the resource waits for the domain to be gone
 * @param generation of the spec
 * @param changed whether the spec has changes since the machine was started that only a restart applies
 * @param missing what it cannot start without, and why; empty if all is there
 */
public record MachineObserved(
        boolean terminating,
        boolean held,
        VirtualMachineSpec spec,
        long generation,
        MachineRun run,
        Domain domain,
        AcceleratorRequest accelerator,
        KvmSupport kvm,
        boolean changed,
        Optional<Missing> missing,
        Instant now) {

    /** Why a machine cannot start now. */
    public record Missing(String reason, String message) {}

    /** Whether the machine is to run, by its policy and what a person or its guest last asked for. */
    boolean isToRun() {
        return switch (spec.runPolicy()) {
            case AlwaysOn -> true;
            case AlwaysOff -> false;
            case Manual -> run.wanted().equals(Optional.of(Power.On));
            case AlwaysOnUnlessStoppedManually -> !run.wanted().equals(Optional.of(Power.Off));
        };
    }

    /** Whether a guest that was asked to turn itself off has had its time. */
    boolean isOverdue() {
        return run.shutdownAskedAt()
                .filter(asked -> !now.isBefore(asked.plusSeconds(spec.terminationGracePeriodSeconds())))
                .isPresent();
    }
}
