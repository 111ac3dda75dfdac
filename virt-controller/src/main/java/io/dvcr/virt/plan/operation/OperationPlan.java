package io.dvcr.virt.plan.operation;

import io.dvcr.virt.api.MachineRun.Power;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.api.VirtualMachineSpec.RunPolicy;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.Unknown;
import java.util.Optional;

/** What to do next for an operation. */
public final class OperationPlan {
    private OperationPlan() {}

    /** What is to be done. */
    public sealed interface Step {
        /** Nothing: it is over, and has succeeded. */
        record Complete() implements Step {}

        /** Nothing: it cannot be. */
        record Fail(String reason, String message) implements Step {}

        /** Nothing yet. */
        record Wait(String message) implements Step {}

        /** Notes that the machine is to be on or off. */
        record Want(Power power) implements Step {}

        /** Notes that the machine is to be turned off and on again. */
        record Restart() implements Step {}

        /** Pulls the plug. */
        record Destroy() implements Step {}

        record Pause() implements Step {}

        record Resume() implements Step {}
    }

    /**
     * Returns the next step of an operation that is not over.
     *
     * @param begun whether what it asks for was noted in the machine
     */
    public static Step plan(VirtualMachineOperationSpec operation, boolean begun, MachineNow machine) {
        Optional<Step.Fail> refusal = refusal(operation.type(), machine.policy());
        if (!begun && refusal.isPresent()) {
            return refusal.get();
        }
        if (machine.domain() instanceof Unknown(var reason)) {
            return new Step.Wait(reason);
        }
        return switch (operation.type()) {
            case Start -> start(begun, machine);
            case Stop -> stop(operation.force(), begun, machine);
            case ForceStop -> stop(true, begun, machine);
            case Restart -> restart(operation.force(), begun, machine);
            case Pause -> pause(machine);
            case Resume -> resume(machine);
        };
    }

    /**
     * The machine that it is done to.
     *
     * @param wanted what was last asked for
     * @param restarting whether it is turned off to be turned on again
     * @param startedSince whether it was started after the operation was asked for
     */
    public record MachineNow(
            RunPolicy policy, Optional<Power> wanted, Domain domain, boolean restarting, boolean startedSince) {
        boolean isOn() {
            return domain instanceof Active;
        }
    }

    private static Optional<Step.Fail> refusal(VirtualMachineOperationSpec.Type type, RunPolicy policy) {
        boolean stops =
                type == VirtualMachineOperationSpec.Type.Stop || type == VirtualMachineOperationSpec.Type.ForceStop;
        boolean starts =
                type == VirtualMachineOperationSpec.Type.Start || type == VirtualMachineOperationSpec.Type.Restart;
        if ((stops && policy == RunPolicy.AlwaysOn) || (starts && policy == RunPolicy.AlwaysOff)) {
            return Optional.of(new Step.Fail(
                    "NotApplicableForRunPolicy", "a machine with runPolicy " + policy + " takes no " + type));
        }
        return Optional.empty();
    }

    private static Step start(boolean begun, MachineNow machine) {
        if (!begun) {
            return new Step.Want(Power.On);
        }
        return machine.isOn() ? new Step.Complete() : new Step.Wait("starts");
    }

    private static Step stop(boolean force, boolean begun, MachineNow machine) {
        if (!begun) {
            return new Step.Want(Power.Off);
        }
        if (!machine.isOn()) {
            return new Step.Complete();
        }
        return force ? new Step.Destroy() : new Step.Wait("stops");
    }

    private static Step restart(boolean force, boolean begun, MachineNow machine) {
        if (!begun) {
            return machine.isOn() ? new Step.Restart() : new Step.Fail("NotRunning", "the machine does not run");
        }
        if (machine.isOn() && machine.startedSince()) {
            return new Step.Complete();
        }
        return force && machine.isOn() ? new Step.Destroy() : new Step.Wait("restarts");
    }

    private static Step pause(MachineNow machine) {
        if (!(machine.domain() instanceof Active active)) {
            return new Step.Fail("NotRunning", "the machine does not run");
        }
        return active.activity() == Activity.PAUSED ? new Step.Complete() : new Step.Pause();
    }

    private static Step resume(MachineNow machine) {
        if (!(machine.domain() instanceof Active active)) {
            return new Step.Fail("NotRunning", "the machine does not run");
        }
        return active.activity() == Activity.RUNNING ? new Step.Complete() : new Step.Resume();
    }
}
