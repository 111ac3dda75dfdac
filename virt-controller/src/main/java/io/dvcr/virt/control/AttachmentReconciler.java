package io.dvcr.virt.control;

import io.dvcr.virt.api.BlockDevice;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentSpec;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentStatus;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentStatus.Phase;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.api.VirtualMachineStatus;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.attachment.AttachmentAction;
import io.dvcr.virt.plan.attachment.AttachmentAction.Attach;
import io.dvcr.virt.plan.attachment.AttachmentAction.Detach;
import io.dvcr.virt.plan.attachment.AttachmentAction.Hold;
import io.dvcr.virt.plan.attachment.AttachmentAction.Release;
import io.dvcr.virt.plan.attachment.AttachmentObserved;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState;
import io.dvcr.virt.plan.attachment.AttachmentPlan;
import io.dvcr.virt.plan.attachment.AttachmentTold;
import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.runtime.Domain;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** Looks after attachments. */
final class AttachmentReconciler
        implements Reconciler<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration AGAIN = Duration.ofSeconds(15);

    private final Parts parts;
    private final MachineDevices devices;
    private final Waker waker;

    AttachmentReconciler(Parts parts, Waker waker) {
        this.parts = parts;
        this.waker = waker;
        this.devices = new MachineDevices(parts);
    }

    @Override
    public Duration reconcile(
            Resource<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> attachment)
            throws IOException {
        Resource<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> now = attachment;
        AttachmentObserved observed = observe(now);
        for (AttachmentAction step : AttachmentPlan.plan(observed)) {
            switch (step) {
                case Hold _ -> now = Holds.hold(parts.resources(), now);
                case Attach _ -> attach(now);
                case Detach _ -> parts.hypervisor().detach(machineUuid(now), observed.deviceUid());
                case Release _ -> {
                    Holds.release(parts.resources(), now);
                    waker.wake(new Item(Kinds.MACHINE, machineKey(now)));
                    return AGAIN;
                }
            }
        }
        Phase phase = tell(now, observe(now));
        return phase == Phase.Attached || phase == Phase.Pending || phase == Phase.Failed ? AGAIN : SOON;
    }

    /** Unless somebody has opened the disk meanwhile. */
    private void attach(
            Resource<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> attachment)
            throws IOException {
        parts.opening().lock();
        try {
            if (observe(attachment).device() instanceof DeviceState.Ready(var device)) {
                parts.hypervisor().attach(machineUuid(attachment), device);
            }
        } finally {
            parts.opening().unlock();
        }
    }

    private AttachmentObserved observe(
            Resource<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> attachment)
            throws IOException {
        Optional<Resource<VirtualMachineSpec, VirtualMachineStatus>> machine =
                parts.resources().find(Kinds.MACHINE, machineKey(attachment));
        BlockDevice device = attachment.spec().blockDevice();
        return new AttachmentObserved(
                attachment.isTerminating(),
                Holds.isHeld(attachment),
                machine.isPresent(),
                machine.isPresent() ? parts.domain(machine.get()) : new Domain.Absent(),
                devices.uid(device, attachment.key()).orElse(""),
                device(attachment, machine));
    }

    private DeviceState device(
            Resource<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> attachment,
            Optional<Resource<VirtualMachineSpec, VirtualMachineStatus>> machine)
            throws IOException {
        BlockDevice device = attachment.spec().blockDevice();
        if (machine.isPresent() && machine.get().spec().blockDevices().contains(device)) {
            return new DeviceState.Refused("AlreadyAttached", machine.get() + " has " + device + " of its own");
        }
        DeviceState state = devices.find(device, machineKey(attachment), () -> waker.wake(Item.of(attachment)));
        if (state instanceof DeviceState.Ready ready && ready.device().cdrom()) {
            return new DeviceState.Refused(
                    "CdromNotPluggable", device + " is a CD-ROM, which no running machine can be given");
        }
        return state;
    }

    private static Key machineKey(Resource<VirtualMachineBlockDeviceAttachmentSpec, ?> attachment) {
        return new Key(attachment.key().namespace(), attachment.spec().virtualMachineName());
    }

    private UUID machineUuid(Resource<VirtualMachineBlockDeviceAttachmentSpec, ?> attachment) throws IOException {
        return MachineReconciler.uuid(parts.resources().get(Kinds.MACHINE, machineKey(attachment)));
    }

    private Phase tell(
            Resource<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus> attachment,
            AttachmentObserved observed)
            throws IOException {
        Told<Phase> told = AttachmentTold.of(observed);
        VirtualMachineBlockDeviceAttachmentStatus before = attachment.status();
        long generation = attachment.metadata().generation();
        VirtualMachineBlockDeviceAttachmentStatus status = new VirtualMachineBlockDeviceAttachmentStatus(
                told.phase(),
                Optional.of(attachment.spec().virtualMachineName()),
                Condition.with(before.conditions(), told.condition(generation, parts.now())),
                generation);
        if (!status.equals(before)) {
            parts.resources().updateStatus(attachment.withStatus(status));
        }
        parts.noteIfChanged(attachment, before.phase(), told);
        if (before.phase() != told.phase()) {
            waker.wake(new Item(Kinds.MACHINE, machineKey(attachment)));
        }
        return told.phase();
    }
}
