package io.dvcr.virt.control;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.api.VirtualMachineOperationStatus;
import io.dvcr.virt.api.VirtualMachineOperationStatus.Phase;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.api.VirtualMachineStatus;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.operation.OperationPlan;
import io.dvcr.virt.plan.operation.OperationPlan.MachineNow;
import io.dvcr.virt.plan.operation.OperationPlan.Step;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Condition.Status;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Carries operations out. Those that are over are forgotten after a day. */
final class OperationReconciler implements Reconciler<VirtualMachineOperationSpec, VirtualMachineOperationStatus> {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration KEPT = Duration.ofDays(1);
    private static final int MOST_STEPS = 4;

    private final Parts parts;

    OperationReconciler(Parts parts) {
        this.parts = parts;
    }

    @Override
    public Duration reconcile(Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> operation)
            throws IOException {
        if (operation.status().isOver()) {
            return forget(operation);
        }
        Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> now = operation;
        for (int i = 0; i < MOST_STEPS && !now.status().isOver(); i++) {
            Step step = next(now);
            now = take(step, now);
            if (step instanceof Step.Wait) {
                break;
            }
        }
        return now.status().isOver() ? KEPT : SOON;
    }

    private Duration forget(Resource<?, ?> operation) throws IOException {
        Instant created = operation.metadata().creationTimestamp().orElse(Instant.MIN);
        Duration left = Duration.between(parts.clock().instant(), created.plus(KEPT));
        if (left.isPositive()) {
            return left;
        }
        parts.resources().delete(operation.type(), operation.key(), Optional.of(operation.uid()));
        return KEPT;
    }

    private Step next(Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> operation)
            throws IOException {
        Optional<Resource<VirtualMachineSpec, VirtualMachineStatus>> machine =
                parts.resources().find(Kinds.MACHINE, machineKey(operation));
        if (machine.isEmpty() || machine.get().isTerminating()) {
            return new Step.Fail("VirtualMachineNotFound", "there is no VirtualMachine " + machineKey(operation));
        }
        MachineRun run = machine.get().status().run();
        boolean startedSince = run.startedAt()
                .filter(started -> !started.isBefore(
                        operation.metadata().creationTimestamp().orElse(Instant.MIN)))
                .isPresent();
        return OperationPlan.plan(
                operation.spec(),
                operation.status().phase() == Phase.InProgress,
                new MachineNow(
                        machine.get().spec().runPolicy(),
                        run.wanted(),
                        parts.domain(machine.get()),
                        run.restarting(),
                        startedSince && run.started() && !run.restarting()));
    }

    private Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> take(
            Step step, Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> operation)
            throws IOException {
        switch (step) {
            case Step.Complete _ -> {
                return tell(operation, Phase.Completed, Status.True, "Completed", "");
            }
            case Step.Fail(var reason, var message) -> {
                return tell(operation, Phase.Failed, Status.False, reason, message);
            }
            case Step.Wait(var message) -> {
                return tell(operation, Phase.InProgress, Status.False, "InProgress", message);
            }
            case Step.Want(var power) -> {
                remember(operation, run(operation).withWanted(power));
                return tell(operation, Phase.InProgress, Status.False, "InProgress", "");
            }
            case Step.Restart _ -> {
                remember(
                        operation,
                        run(operation).withWanted(MachineRun.Power.On).withRestarting());
                return tell(operation, Phase.InProgress, Status.False, "InProgress", "");
            }
            case Step.Destroy _ -> parts.hypervisor().destroy(uuid(operation));
            case Step.Pause _ -> parts.hypervisor().pause(uuid(operation));
            case Step.Resume _ -> parts.hypervisor().resume(uuid(operation));
        }
        return operation;
    }

    private MachineRun run(Resource<VirtualMachineOperationSpec, ?> operation) throws IOException {
        return parts.resources()
                .get(Kinds.MACHINE, machineKey(operation))
                .status()
                .run();
    }

    private void remember(Resource<VirtualMachineOperationSpec, ?> operation, MachineRun run) throws IOException {
        Resource<VirtualMachineSpec, VirtualMachineStatus> machine =
                parts.resources().get(Kinds.MACHINE, machineKey(operation));
        parts.resources().updateStatus(machine.withStatus(machine.status().withRun(run)));
    }

    private UUID uuid(Resource<VirtualMachineOperationSpec, ?> operation) throws IOException {
        return MachineReconciler.uuid(parts.resources().get(Kinds.MACHINE, machineKey(operation)));
    }

    private static Key machineKey(Resource<VirtualMachineOperationSpec, ?> operation) {
        return new Key(operation.key().namespace(), operation.spec().virtualMachineName());
    }

    private Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> tell(
            Resource<VirtualMachineOperationSpec, VirtualMachineOperationStatus> operation,
            Phase phase,
            Status status,
            String reason,
            String message)
            throws IOException {
        long generation = operation.metadata().generation();
        VirtualMachineOperationStatus before = operation.status();
        Told<Phase> said = new Told<>(phase, "Completed", status, reason, message);
        VirtualMachineOperationStatus told = new VirtualMachineOperationStatus(
                phase, Condition.with(before.conditions(), said.condition(generation, parts.now())), generation);
        parts.noteIfChanged(operation, before.phase(), said);
        return told.equals(before) ? operation : parts.resources().updateStatus(operation.withStatus(told));
    }
}
