package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.Condition;
import io.fabric8.generator.annotation.Default;
import java.util.List;
import java.util.Optional;

/** {@code status} of a VirtualMachineBlockDeviceAttachment. */
public record VirtualMachineBlockDeviceAttachmentStatus(
        @JsonPropertyDescription("Where the attachment is in its life.") @Default("Pending")
        Phase phase,

        @JsonPropertyDescription("The machine that has, or is to get, the device.")
        Optional<String> virtualMachineName,

        @JsonPropertyDescription("What is so, and why.") List<Condition> conditions,

        @JsonPropertyDescription("The generation that this status is about.")
        long observedGeneration) {

    public enum Phase {
        /** The machine or the device is not ready. */
        Pending,
        InProgress,
        Attached,
        Failed,
        /** Is being detached. */
        Terminating
    }

    static final VirtualMachineBlockDeviceAttachmentStatus EMPTY =
            new VirtualMachineBlockDeviceAttachmentStatus(Phase.Pending, Optional.empty(), List.of(), 0);

    public VirtualMachineBlockDeviceAttachmentStatus {
        conditions = List.copyOf(conditions);
    }
}
