package io.dvcr.virt.control;

import io.dvcr.virt.api.BlockDevice;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.api.VirtualMachineStatus;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState;
import io.dvcr.virt.plan.machine.MachineAction;
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
import io.dvcr.virt.plan.machine.MachineObserved;
import io.dvcr.virt.plan.machine.MachineObserved.Missing;
import io.dvcr.virt.plan.machine.MachinePlan;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.AcceleratorRequest;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.MachineDefinition;
import io.dvcr.virt.runtime.MachineDirectory;
import io.dvcr.virt.runtime.ProvisioningDiscs;
import io.dvcr.virt.runtime.ProvisioningDiscs.Disc;
import io.dvcr.virt.store.DurableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Looks after machines. */
final class MachineReconciler implements Reconciler<VirtualMachineSpec, VirtualMachineStatus> {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MOST_ROUNDS = 5;

    private final Parts parts;
    private final NodeSettings node;
    private final ProvisioningDiscs discs;
    private final MachineDevices devices;
    private final MachineProvisioning provisioning;
    private final MachineTelling telling;
    private final Waker waker;

    MachineReconciler(Parts parts, NodeSettings node, ProvisioningDiscs discs, Waker waker) {
        this.parts = parts;
        this.node = node;
        this.discs = discs;
        this.waker = waker;
        this.devices = new MachineDevices(parts);
        this.provisioning = new MachineProvisioning(parts.resources());
        this.telling = new MachineTelling(parts, node, devices);
    }

    @Override
    public Duration reconcile(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        Resource<VirtualMachineSpec, VirtualMachineStatus> now = machine;
        MachineObserved observed = observe(now);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<MachineAction> steps = MachinePlan.plan(observed);
            if (steps.isEmpty()) {
                break;
            }
            for (MachineAction step : steps) {
                if (step instanceof Release) {
                    Holds.release(parts.resources(), now);
                    return node.resync();
                }
                now = take(step, now);
            }
            boolean isAsked = steps.getLast() instanceof Shutdown;
            observed = observe(now);
            if (isAsked) {
                break;
            }
        }
        boolean isSettled = telling.tell(now, observed);
        return isSettled ? node.resync() : SOON;
    }

    private MachineObserved observe(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        MachineRun run = machine.status().run();
        Domain domain = parts.domain(machine);
        boolean changed = domain instanceof Active && !telling.changes(machine).isEmpty();
        return new MachineObserved(
                machine.isTerminating(),
                Holds.isHeld(machine),
                machine.spec(),
                machine.metadata().generation(),
                run,
                domain,
                requested(machine),
                parts.hypervisor().kvm(),
                changed,
                domain instanceof Active && !changed ? Optional.empty() : missing(machine),
                parts.clock().instant());
    }

    /** What the machine says; of what is no accelerator {@link #missing} tells. */
    private AcceleratorRequest requested(Resource<?, ?> machine) {
        return annotated(machine).flatMap(AcceleratorRequest::named).orElse(node.accelerator());
    }

    private static Optional<String> annotated(Resource<?, ?> machine) {
        return Optional.ofNullable(machine.metadata().annotations().get(Kinds.ACCELERATOR_ANNOTATION));
    }

    /** What the machine cannot start without. */
    private Optional<Missing> missing(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        for (Map.Entry<String, String> wanted : machine.spec().nodeSelector().entrySet()) {
            if (!wanted.getValue().equals(node.labels().get(wanted.getKey()))) {
                return Optional.of(new Missing(
                        "Unschedulable",
                        "nodeSelector asks for " + wanted.getKey() + "=" + wanted.getValue() + "; node " + node.name()
                                + " has "
                                + node.labels().getOrDefault(wanted.getKey(), "no such label")));
            }
        }
        Optional<String> accelerator = annotated(machine);
        if (accelerator.isPresent()
                && AcceleratorRequest.named(accelerator.get()).isEmpty()) {
            return Optional.of(new Missing(
                    "AcceleratorUnknown",
                    "annotation " + Kinds.ACCELERATOR_ANNOTATION + " is \"" + accelerator.get()
                            + "\", expected auto, kvm or tcg"));
        }
        if (!directory(machine).socketsFit()) {
            return Optional.of(new Missing(
                    "PathTooLong",
                    directory(machine).consoleSocket() + " is too long for a socket: use a shorter data directory"));
        }
        for (BlockDevice device : machine.spec().blockDevices()) {
            DeviceState state = devices.find(device, machine.key(), () -> waker.wake(Item.of(machine)));
            switch (state) {
                case DeviceState.Ready _ -> {}
                case DeviceState.NotReady(var reason, var message) -> {
                    return Optional.of(new Missing(reason, message));
                }
                case DeviceState.Refused(var reason, var message) -> {
                    return Optional.of(new Missing(reason, message));
                }
            }
        }
        return provisioning.missing(machine);
    }

    private Resource<VirtualMachineSpec, VirtualMachineStatus> take(
            MachineAction step, Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        UUID uuid = uuid(machine);
        switch (step) {
            case Hold _ -> {
                return Holds.hold(parts.resources(), machine);
            }
            case Remember(var run) -> {
                return remember(machine, run);
            }
            case Define(var accelerator) -> {
                return define(machine, accelerator);
            }
            case Redefine _ -> {
                return redefine(machine);
            }
            case Start _ -> {
                return start(machine);
            }
            case Shutdown _ -> parts.hypervisor().shutdown(uuid);
            case Destroy _ -> parts.hypervisor().destroy(uuid);
            case Undefine _ -> parts.hypervisor().undefine(uuid);
            case DeleteFiles _ -> DurableFiles.deleteTree(directory(machine).path());
            case Release _ -> throw new IllegalStateException("released before all is gone");
        }
        return machine;
    }

    private Resource<VirtualMachineSpec, VirtualMachineStatus> remember(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine, MachineRun run) throws IOException {
        return parts.resources()
                .updateStatus(machine.withStatus(machine.status().withRun(run)));
    }

    private Resource<VirtualMachineSpec, VirtualMachineStatus> define(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine, Accelerator accelerator) throws IOException {
        parts.hypervisor().define(definition(machine, accelerator));
        return remember(
                machine,
                machine.status().run().withApplied(machine.metadata().generation(), ResourceJson.tree(machine.spec())),
                accelerator);
    }

    /** It stays on what it runs on. */
    private Resource<VirtualMachineSpec, VirtualMachineStatus> redefine(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        Accelerator accelerator =
                Accelerator.valueOf(machine.status().accelerator().orElseThrow());
        parts.hypervisor().define(definition(machine, accelerator));
        return remember(
                machine, machine.status().run().withWaiting(machine.metadata().generation()));
    }

    private MachineDefinition definition(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine, Accelerator accelerator) throws IOException {
        MachineDirectory directory = directory(machine);
        DurableFiles.createPassableDirectory(directory.path());
        Optional<Disc> disc = provisioning.disc(machine);
        if (disc.isPresent()) {
            discs.make(directory.provisioning(), disc.get());
        }
        VirtualMachineSpec spec = machine.spec();
        return new MachineDefinition(
                uuid(machine),
                machine.key(),
                Names.domain(machine),
                spec.cpu().cores(),
                Integer.parseInt(spec.cpu().coreFraction().replace("%", "")),
                spec.cpu().modelName(),
                spec.memory().size().bytes(),
                accelerator,
                spec.osType(),
                spec.bootloader(),
                spec.enableParavirtualization(),
                devices(machine),
                disc.map(_ -> directory.provisioning()),
                directory);
    }

    private Resource<VirtualMachineSpec, VirtualMachineStatus> remember(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine, MachineRun run, Accelerator accelerator)
            throws IOException {
        return parts.resources()
                .updateStatus(
                        machine.withStatus(machine.status().withRun(run).withAccelerator(accelerator.toString())));
    }

    private List<Device> devices(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        List<Device> all = new ArrayList<>();
        for (BlockDevice device : machine.spec().blockDevices()) {
            if (!(devices.find(device, machine.key(), () -> {}) instanceof DeviceState.Ready ready)) {
                throw new IOException(device + " is not ready any more");
            }
            all.add(ready.device());
        }
        return all;
    }

    private Resource<VirtualMachineSpec, VirtualMachineStatus> start(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        parts.opening().lock();
        try {
            devices(machine);
            parts.hypervisor().start(uuid(machine));
        } finally {
            parts.opening().unlock();
        }
        return remember(
                machine, machine.status().run().withStarted(parts.clock().instant()));
    }

    private MachineDirectory directory(Resource<?, ?> machine) {
        return telling.directory(machine);
    }

    static UUID uuid(Resource<?, ?> machine) {
        return UUID.fromString(machine.uid());
    }

    /** Where machines have their directories. */
    static Path directoryOf(NodeSettings node, Resource<?, ?> machine) {
        return node.machines().resolve(machine.uid());
    }
}
