package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.Condition;
import io.fabric8.generator.annotation.Default;
import java.util.List;

/** {@code status} of a VirtualMachineOperation. */
public record VirtualMachineOperationStatus(
        @JsonPropertyDescription("Where the operation is.") @Default("Pending")
        Phase phase,

        @JsonPropertyDescription("What is so, and why.") List<Condition> conditions,

        @JsonPropertyDescription("The generation that this status is about.")
        long observedGeneration) {

    public enum Phase {
        Pending,
        InProgress,
        Completed,
        Failed
    }

    static final VirtualMachineOperationStatus EMPTY = new VirtualMachineOperationStatus(Phase.Pending, List.of(), 0);

    public VirtualMachineOperationStatus {
        conditions = List.copyOf(conditions);
    }

    /** Whether nothing more will be done. */
    public boolean isOver() {
        return phase == Phase.Completed || phase == Phase.Failed;
    }
}
