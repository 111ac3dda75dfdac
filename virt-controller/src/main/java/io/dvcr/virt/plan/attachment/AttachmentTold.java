package io.dvcr.virt.plan.attachment;

import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentStatus.Phase;
import io.dvcr.virt.plan.Told;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState;
import io.dvcr.virt.runtime.Domain;

/** What to say of an attachment. */
public final class AttachmentTold {
    private AttachmentTold() {}

    /** A pure function of what is so. */
    public static Told<Phase> of(AttachmentObserved observed) {
        if (observed.terminating()) {
            return Told.notReady(
                    Phase.Terminating, "Detaching", observed.isAttached() ? "the guest still has the device" : "");
        }
        if (observed.isAttached()) {
            return Told.ready(Phase.Attached);
        }
        if (!observed.machineExists()) {
            return Told.notReady(Phase.Pending, "VirtualMachineNotFound", "there is no such VirtualMachine");
        }
        return switch (observed.device()) {
            case DeviceState.Refused(var reason, var message) -> Told.notReady(Phase.Failed, reason, message);
            case DeviceState.NotReady(var reason, var message) -> Told.notReady(Phase.Pending, reason, message);
            case DeviceState.Ready _ ->
                switch (observed.domain()) {
                    case Domain.Active _ -> Told.notReady(Phase.InProgress, "Attaching", "");
                    case Domain.Unknown(var reason) -> Told.notReady(Phase.Pending, "HostUnavailable", reason);
                    case Domain.Inactive _, Domain.Absent _ ->
                        Told.notReady(Phase.Pending, "VirtualMachineNotRunning", "the VirtualMachine does not run");
                };
        };
    }
}
