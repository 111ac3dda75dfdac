package io.dvcr.virt.control;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.SecretContent;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.api.VirtualMachineSpec.Provisioning;
import io.dvcr.virt.api.VirtualMachineStatus;
import io.dvcr.virt.plan.machine.MachineObserved.Missing;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.runtime.ProvisioningDiscs.Disc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What sets the guest of a machine up. */
final class MachineProvisioning {
    private static final List<String> ANSWER_FILES = List.of("unattend.xml", "autounattend.xml");
    private static final List<String> USER_DATA = List.of("userData", "userdata", "user-data");

    private final Resources resources;

    MachineProvisioning(Resources resources) {
        this.resources = resources;
    }

    /** Why the machine cannot be set up now; empty if it can, or needs not. */
    Optional<Missing> missing(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        Optional<Provisioning> provisioning = machine.spec().provisioning();
        Optional<String> name = provisioning.flatMap(Provisioning::secretName);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<SecretContent> secret = secret(machine, name.get());
        if (secret.isEmpty()) {
            return Optional.of(new Missing("SecretNotFound", "there is no Secret " + name.get()));
        }
        return of(machine, provisioning.get(), secret).isPresent()
                ? Optional.empty()
                : Optional.of(new Missing(
                        "SecretIncomplete",
                        "Secret " + name.get() + " has none of "
                                + (provisioning.get().userDataSecretRef().isPresent() ? USER_DATA : ANSWER_FILES)));
    }

    /** What is on its disc; empty if it has none. */
    Optional<Disc> disc(Resource<VirtualMachineSpec, VirtualMachineStatus> machine) throws IOException {
        Optional<Provisioning> provisioning = machine.spec().provisioning();
        if (provisioning.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> name = provisioning.get().secretName();
        Optional<SecretContent> secret = name.isEmpty() ? Optional.empty() : secret(machine, name.get());
        return of(machine, provisioning.get(), secret);
    }

    private static Optional<Disc> of(
            Resource<VirtualMachineSpec, VirtualMachineStatus> machine,
            Provisioning provisioning,
            Optional<SecretContent> secret) {
        return switch (provisioning.type()) {
            case UserData ->
                provisioning.userData().map(text -> cloudInit(machine, text.getBytes(StandardCharsets.UTF_8)));
            case UserDataSecret ->
                USER_DATA.stream()
                        .flatMap(key -> secret.flatMap(content -> content.value(key)).stream())
                        .findFirst()
                        .map(data -> cloudInit(machine, data));
            case SysprepSecret -> sysprep(secret);
        };
    }

    /**
     * For cloud-init: see <a
     * href="https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html">NoCloud</a>.
     */
    private static Disc cloudInit(Resource<?, ?> machine, byte[] userData) {
        String metaData = "instance-id: " + machine.uid() + "\nlocal-hostname: "
                + machine.key().name() + "\n";
        return new Disc(
                "cidata", Map.of("user-data", userData, "meta-data", metaData.getBytes(StandardCharsets.UTF_8)));
    }

    private static Optional<Disc> sysprep(Optional<SecretContent> secret) {
        Map<String, byte[]> files = new HashMap<>();
        for (String name : ANSWER_FILES) {
            secret.flatMap(content -> content.value(name)).ifPresent(content -> files.put(name, content));
        }
        return files.isEmpty() ? Optional.empty() : Optional.of(new Disc("sysprep", files));
    }

    private Optional<SecretContent> secret(Resource<?, ?> machine, String name) throws IOException {
        return resources
                .find(Kinds.SECRET, new Key(machine.key().namespace(), name))
                .map(Resource::spec);
    }
}
