package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** {@code spec} of a VirtualMachineBlockDeviceAttachment. */
public record VirtualMachineBlockDeviceAttachmentSpec(
        @JsonPropertyDescription("The machine that gets the device, in the same namespace.")
        String virtualMachineName,

        @JsonPropertyDescription("The device.") BlockDevice blockDevice) {}
