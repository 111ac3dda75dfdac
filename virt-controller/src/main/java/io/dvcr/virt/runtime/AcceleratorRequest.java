package io.dvcr.virt.runtime;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.Locale;

/** Which accelerator a machine asks for. */
public enum AcceleratorRequest {
    /** KVM where the host has it, TCG elsewhere; the status says which. */
    AUTO,
    /** KVM or nothing: a machine that cannot have it fails. */
    KVM,
    TCG;

    /** @throws RegistryException with {@link RequestInvalid} unless {@code text} is auto, kvm or tcg, in any case */
    public static AcceleratorRequest parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "auto" -> AUTO;
            case "kvm" -> KVM;
            case "tcg" -> TCG;
            default ->
                throw new RegistryException(
                        new RequestInvalid("invalid accelerator \"" + text + "\": auto, kvm or tcg"));
        };
    }
}
