package io.dvcr.virt.machine;

import java.time.Instant;

/** A virtual machine, as asked for and as it is. */
public record Machine(MachineSpec spec, Instant createdAt, MachineStatus status) {

    public MachineName name() {
        return spec.name();
    }
}
