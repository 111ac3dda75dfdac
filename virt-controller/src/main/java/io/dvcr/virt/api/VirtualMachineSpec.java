package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.resource.PartlyHonoured;
import io.dvcr.virt.resource.Quantity;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code spec} of a VirtualMachine. */
public record VirtualMachineSpec(
        @JsonPropertyDescription("When the machine runs.") @Default("AlwaysOnUnlessStoppedManually")
        RunPolicy runPolicy,

        @JsonPropertyDescription("What the guest is, for the devices that suit it.") @Default("Generic")
        OsType osType,

        @JsonPropertyDescription("The firmware.") @Default("BIOS")
        Bootloader bootloader,

        @JsonPropertyDescription("Whether devices are virtio; others are slower, and need no driver.") @Default("true")
        boolean enableParavirtualization,

        @JsonPropertyDescription("The processors.") Cpu cpu,

        @JsonPropertyDescription("The memory.") Memory memory,

        @JsonPropertyDescription("Its disks and images, in the order in which they are tried at boot.")
        List<BlockDevice> blockDevices,

        @JsonPropertyDescription("What sets the guest up at its first boot.")
        Optional<Provisioning> provisioning,

        @JsonPropertyDescription("How long a guest may take to turn itself off, in seconds.") @Default("60") @Min(0)
        long terminationGracePeriodSeconds,

        @JsonPropertyDescription("What changes that need a restart have to wait for.")
        Optional<Disruptions> disruptions,

        @JsonPropertyDescription("Labels that its node has to have.")
        Map<String, String> nodeSelector,

        @JsonPropertyDescription("Taints of nodes that it tolerates.")
        List<JsonNode> tolerations,

        @JsonPropertyDescription("Where it likes to run; in a cluster only.")
        Optional<JsonNode> affinity,

        @JsonPropertyDescription("How machines spread over nodes; in a cluster only.")
        List<JsonNode> topologySpreadConstraints,

        @JsonPropertyDescription("Its priority; in a cluster only.")
        Optional<String> priorityClassName)
        implements PartlyHonoured {

    public enum RunPolicy {
        /** Runs, whatever stopped it. */
        AlwaysOn,
        AlwaysOff,
        /** As people and the guest say; is off at first. */
        Manual,
        /** Runs until a person or its guest turns it off. */
        AlwaysOnUnlessStoppedManually
    }

    public enum OsType {
        Generic,
        Windows,
        LegacyWindows
    }

    public enum Bootloader {
        BIOS,
        EFI,
        EFIWithSecureBoot
    }

    /** {@code cpu}. */
    public record Cpu(
            @JsonPropertyDescription("How many there are.") @Min(1) @Max(248)
            int cores,

            @JsonPropertyDescription("The share of each that it has for sure, such as 20%.")
            @Default("100%")
            @Pattern("(100|[1-9][0-9]?)%")
            String coreFraction,

            @JsonPropertyDescription("The model, as libvirt names it; the host's if missing.")
            @Pattern("[A-Za-z0-9._-]+")
            Optional<String> modelName) {}

    /** {@code memory}. */
    public record Memory(
            @JsonPropertyDescription("How much there is.") Quantity size) {
        /** Firmware and boot loader do not start with less. */
        private static final long MIN_BYTES = 32L << 20;

        public Memory {
            if (size.bytes() < MIN_BYTES) {
                throw new IllegalArgumentException(size + " is less than 32Mi");
            }
        }
    }

    /** {@code provisioning}. */
    public record Provisioning(
            @JsonPropertyDescription("Which of the fields below it is.")
            ProvisioningType type,

            @JsonPropertyDescription("The user data of cloud-init.")
            Optional<String> userData,

            @JsonPropertyDescription("A Secret that has it, as userData.")
            Optional<SecretName> userDataSecretRef,

            @JsonPropertyDescription("A Secret that has unattend.xml or autounattend.xml.")
            Optional<SecretName> sysprepSecretRef) {

        public Provisioning {
            boolean isRight = userData.isPresent() == (type == ProvisioningType.UserData)
                    && userDataSecretRef.isPresent() == (type == ProvisioningType.UserDataSecret)
                    && sysprepSecretRef.isPresent() == (type == ProvisioningType.SysprepSecret);
            if (!isRight) {
                throw new IllegalArgumentException("type " + type + " takes the field of its name and no other");
            }
        }

        /** The Secret that it needs, if it needs one. */
        public Optional<String> secretName() {
            return userDataSecretRef.or(() -> sysprepSecretRef).map(SecretName::name);
        }
    }

    public enum ProvisioningType {
        UserData,
        UserDataSecret,
        SysprepSecret
    }

    /** A reference to a Secret of the machine's namespace. */
    public record SecretName(String name) {}

    /** {@code disruptions}. */
    public record Disruptions(
            @JsonPropertyDescription("Whether changes that need a restart are applied by one at once, or wait for it.")
            @Default("Manual")
            RestartApprovalMode restartApprovalMode) {}

    public enum RestartApprovalMode {
        Manual,
        Automatic
    }

    private static final int MOST_DEVICES = 16;

    public VirtualMachineSpec {
        blockDevices = List.copyOf(blockDevices);
        nodeSelector = Map.copyOf(nodeSelector);
        tolerations = List.copyOf(tolerations);
        topologySpreadConstraints = List.copyOf(topologySpreadConstraints);
        if (blockDevices.isEmpty() || blockDevices.size() > MOST_DEVICES) {
            throw new IllegalArgumentException(
                    "there are " + blockDevices.size() + " blockDevices, expected 1 to " + MOST_DEVICES);
        }
        Set<String> names = blockDevices.stream().map(BlockDevice::toString).collect(Collectors.toSet());
        if (names.size() < blockDevices.size()) {
            throw new IllegalArgumentException("blockDevices has one device twice");
        }
    }

    public RestartApprovalMode restartApprovalMode() {
        return disruptions.map(Disruptions::restartApprovalMode).orElse(RestartApprovalMode.Manual);
    }

    /** A single host has nobody to put it elsewhere for. */
    @Override
    public List<String> notHonoured() {
        List<String> paths = new ArrayList<>();
        affinity.ifPresent(_ -> paths.add("affinity"));
        priorityClassName.ifPresent(_ -> paths.add("priorityClassName"));
        if (!tolerations.isEmpty()) {
            paths.add("tolerations");
        }
        if (!topologySpreadConstraints.isEmpty()) {
            paths.add("topologySpreadConstraints");
        }
        return paths;
    }
}
