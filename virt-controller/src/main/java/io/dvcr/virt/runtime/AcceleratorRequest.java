package io.dvcr.virt.runtime;

import java.util.Arrays;
import java.util.Optional;

/** Which accelerator a machine asks for. */
public enum AcceleratorRequest {
    /** KVM where the host has it, TCG elsewhere; the status says which. */
    AUTO,
    /** KVM or nothing: a machine that cannot have it fails. */
    KVM,
    TCG;

    /** The one that {@code name} means, in any case; empty if none. */
    public static Optional<AcceleratorRequest> named(String name) {
        return Arrays.stream(values())
                .filter(request -> request.name().equalsIgnoreCase(name))
                .findFirst();
    }
}
