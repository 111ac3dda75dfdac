package io.dvcr.virt.plan.attachment;

import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Active;

/**
 * What is so of an attachment.
 *
 * @param terminating whether its deletion was asked for
 * @param held whether the resource waits for the device to be detached
 * @param machineExists whether there is the machine
 * @param domain of the machine; absent if there is no machine
 * @param deviceUid of the resource that is attached; empty if there is none
 */
public record AttachmentObserved(
        boolean terminating, boolean held, boolean machineExists, Domain domain, String deviceUid, DeviceState device) {

    /** Whether the machine can have the device. */
    public sealed interface DeviceState {
        record Ready(Device device) implements DeviceState {}

        /** Not now. */
        record NotReady(String reason, String message) implements DeviceState {}

        /** Not as long as what is asked for stays as it is. */
        record Refused(String reason, String message) implements DeviceState {}
    }

    boolean isAttached() {
        return domain instanceof Active active && active.devices().containsKey(deviceUid);
    }
}
