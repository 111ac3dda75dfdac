package io.dvcr.virt.control;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.api.BlockDevice;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentSpec;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.api.VirtualMachineStatus;
import io.dvcr.virt.api.VirtualMachineStatus.AttachedDevice;
import io.dvcr.virt.api.VirtualMachineStatus.Endpoints;
import io.dvcr.virt.api.VirtualMachineStatus.GuestInfo;
import io.dvcr.virt.api.VirtualMachineStatus.Phase;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.machine.MachineObserved;
import io.dvcr.virt.plan.machine.MachineTold;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Condition.Status;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceJson;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Hypervisor.Guest;
import io.dvcr.virt.runtime.MachineDirectory;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says in the status of a machine what is so. */
final class MachineTelling {
    private static final String AWAITING_RESTART = "AwaitingRestartToApplyConfiguration";

    private final Parts parts;
    private final NodeSettings node;
    private final MachineDevices devices;

    MachineTelling(Parts parts, NodeSettings node, MachineDevices devices) {
        this.parts = parts;
        this.node = node;
        this.devices = devices;
    }

    MachineDirectory directory(Resource<?, ?> machine) {
        return new MachineDirectory(MachineReconciler.directoryOf(node, machine));
    }

    /** What of the spec takes a restart. */
    List<JsonNode> changes(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) {
        MachineRun run = machine.status().run();
        boolean isSame = run.appliedGeneration() == machine.metadata().generation();
        return isSame || run.applied().isEmpty()
                ? List.of()
                : SpecChanges.between(run.applied().get(), ResourceJson.tree(machine.spec()));
    }

    /** Returns whether nothing is under way. */
    boolean tell(Resource<VirtualMachineSpec, VirtualMachineStatus> machine, MachineObserved observed)
            throws IOException {
        Told<Phase> told = MachineTold.of(observed);
        VirtualMachineStatus before = machine.status();
        Optional<Active> active = observed.domain() instanceof Active on ? Optional.of(on) : Optional.empty();
        Optional<Guest> guest =
                active.filter(it -> it.activity() == Activity.RUNNING).isPresent() ? guest(machine) : Optional.empty();
        List<JsonNode> changes = active.isPresent() ? changes(machine) : List.of();
        long generation = machine.metadata().generation();
        List<Condition> conditions = Condition.with(before.conditions(), told.condition(generation, parts.now()));
        conditions = Condition.with(conditions, awaitingRestart(changes, generation));
        conditions = Condition.with(conditions, agent(guest, active.isPresent(), generation));
        VirtualMachineStatus status = new VirtualMachineStatus(
                told.phase(),
                told.message().isEmpty() ? Optional.empty() : Optional.of(told.message()),
                active.isPresent() ? Optional.of(node.name()) : before.nodeName(),
                guest.flatMap(Guest::address),
                before.accelerator(),
                active.isPresent() ? attached(machine, active.get()) : List.of(),
                guest.map(found -> new GuestInfo(found.id(), found.prettyName(), found.kernel())),
                changes,
                Optional.of(endpoints(machine)),
                before.run(),
                conditions,
                generation);
        if (!status.equals(before)) {
            parts.resources().updateStatus(machine.withStatus(status));
        }
        parts.noteIfChanged(machine, before.phase(), told);
        return told.phase() == Phase.Running || told.phase() == Phase.Stopped || told.phase() == Phase.Pause;
    }

    /** The domain may have ended meanwhile. */
    private Optional<Guest> guest(Resource<?, ?> machine) {
        try {
            return parts.hypervisor().guest(MachineReconciler.uuid(machine));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    private Condition awaitingRestart(List<JsonNode> changes, long generation) {
        return changes.isEmpty()
                ? new Condition(AWAITING_RESTART, Status.False, "UpToDate", "", generation, parts.now())
                : new Condition(
                        AWAITING_RESTART,
                        Status.True,
                        "ChangesPending",
                        changes.size() + " changes are applied by a restart",
                        generation,
                        parts.now());
    }

    private Condition agent(Optional<Guest> guest, boolean isOn, long generation) {
        return guest.isPresent()
                ? new Condition("AgentReady", Status.True, "AgentReady", "", generation, parts.now())
                : new Condition(
                        "AgentReady",
                        Status.False,
                        isOn ? "AgentNotReady" : "NotRunning",
                        isOn ? "no agent answers in the guest" : "",
                        generation,
                        parts.now());
    }

    private Endpoints endpoints(Resource<?, ?> machine) {
        MachineDirectory directory = directory(machine);
        return new Endpoints(
                Names.domain(machine),
                directory.consoleSocket().toString(),
                directory.consoleLog().toString(),
                Optional.of(directory.vncSocket().toString()));
    }

    private List<AttachedDevice> attached(Resource<VirtualMachineSpec, VirtualMachineStatus> machine, Active active)
            throws IOException {
        Map<String, BlockDevice> own = new LinkedHashMap<>();
        for (BlockDevice device : machine.spec().blockDevices()) {
            devices.uid(device, machine.key()).ifPresent(uid -> own.put(uid, device));
        }
        Map<String, BlockDevice> known = new LinkedHashMap<>(own);
        for (Item user : parts.index().naming(Item.of(machine))) {
            if (user.type().equals(Kinds.ATTACHMENT)) {
                Optional<BlockDevice> device = parts.resources()
                        .find(Kinds.ATTACHMENT, user.key())
                        .map(Resource::spec)
                        .map(VirtualMachineBlockDeviceAttachmentSpec::blockDevice);
                if (device.isPresent()) {
                    devices.uid(device.get(), machine.key()).ifPresent(uid -> known.putIfAbsent(uid, device.get()));
                }
            }
        }
        List<AttachedDevice> attached = new ArrayList<>();
        for (Map.Entry<String, BlockDevice> entry : known.entrySet()) {
            String target = active.devices().get(entry.getKey());
            if (target != null) {
                attached.add(new AttachedDevice(
                        entry.getValue(), target, size(entry.getKey()), !own.containsKey(entry.getKey())));
            }
        }
        return List.copyOf(attached);
    }

    private Optional<String> size(String uid) throws IOException {
        return parts.volumes().find(uid) instanceof Volume.Ready ready
                ? Optional.of(Quantity.ofBytes(ready.bytes()).text())
                : Optional.empty();
    }
}
