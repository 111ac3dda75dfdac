package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** {@code spec} of a VirtualMachineOperation. Cannot be changed. */
public record VirtualMachineOperationSpec(
        @JsonPropertyDescription("What is to be done.") Type type,

        @JsonPropertyDescription("The machine that it is done to, in the same namespace.")
        String virtualMachineName,

        @JsonPropertyDescription("Of Stop and Restart: at once, without asking the guest.")
        boolean force) {

    public enum Type {
        Start,
        Stop,
        Restart,
        /** As Stop with force. */
        ForceStop,
        /** Holds the processors of the guest, until Resume. */
        Pause,
        Resume
    }

    public VirtualMachineOperationSpec {
        if (force && type != Type.Stop && type != Type.Restart) {
            throw new IllegalArgumentException(type + " cannot be forced");
        }
    }
}
