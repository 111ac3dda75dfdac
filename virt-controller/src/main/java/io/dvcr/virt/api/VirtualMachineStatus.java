package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.resource.Condition;
import io.fabric8.generator.annotation.Default;
import java.util.List;
import java.util.Optional;

/** {@code status} of a VirtualMachine. */
public record VirtualMachineStatus(
        @JsonPropertyDescription("Where the machine is in its life.") @Default("Pending")
        Phase phase,

        @JsonPropertyDescription("Why, for people.") Optional<String> message,

        @JsonPropertyDescription("The host that it runs on, or ran on last.")
        Optional<String> nodeName,

        @JsonPropertyDescription("Its address.") Optional<String> ipAddress,

        @JsonPropertyDescription("KVM, or TCG, which emulates.")
        Optional<String> accelerator,

        @JsonPropertyDescription("The devices that it has, in the order of its slots.")
        List<AttachedDevice> blockDevicesAttached,

        @JsonPropertyDescription("What the guest's agent says of it.")
        Optional<GuestInfo> guestOSInfo,

        @JsonPropertyDescription("Changes of the spec that a restart will apply.")
        List<JsonNode> restartAwaitingChanges,

        @JsonPropertyDescription("How to reach it on a single host.")
        Optional<Endpoints> endpoints,

        @JsonPropertyDescription("What is remembered of its run.") @Default("{}")
        MachineRun run,

        @JsonPropertyDescription("What is so, and why.") List<Condition> conditions,

        @JsonPropertyDescription("The generation that this status is about.")
        long observedGeneration) {

    public enum Phase {
        /** Waits for its disks, or for its host. */
        Pending,
        Starting,
        Running,
        Stopping,
        Stopped,
        /** Its processors are held: by a person, or because a disk cannot be written. */
        Pause,
        Migrating,
        /** Cannot be as asked; is tried again now and then. */
        Failed,
        /** Is being deleted. */
        Terminating
    }

    /**
     * {@code blockDevicesAttached[]}.
     *
     * @param device what it is
     * @param target what the hypervisor calls it, such as {@code vda}
     * @param size what the guest sees
     * @param hotplugged whether an attachment gave it
     */
    public record AttachedDevice(BlockDevice device, String target, Optional<String> size, boolean hotplugged) {}

    /** {@code guestOSInfo}. */
    public record GuestInfo(Optional<String> id, Optional<String> prettyName, Optional<String> kernelRelease) {}

    /**
     * {@code endpoints}.
     *
     * @param domain the name that libvirt has it by
     * @param console a Unix stream socket that is the first serial port; takes one client at a time
     * @param consoleLog what the guest wrote to it
     * @param vnc a Unix stream socket that speaks RFB
     */
    public record Endpoints(String domain, String console, String consoleLog, Optional<String> vnc) {}

    static final VirtualMachineStatus EMPTY = new VirtualMachineStatus(
            Phase.Pending,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            MachineRun.NONE,
            List.of(),
            0);

    public VirtualMachineStatus {
        blockDevicesAttached = List.copyOf(blockDevicesAttached);
        restartAwaitingChanges = List.copyOf(restartAwaitingChanges);
        conditions = List.copyOf(conditions);
    }

    public VirtualMachineStatus withRun(MachineRun changed) {
        return new VirtualMachineStatus(
                phase,
                message,
                nodeName,
                ipAddress,
                accelerator,
                blockDevicesAttached,
                guestOSInfo,
                restartAwaitingChanges,
                endpoints,
                changed,
                conditions,
                observedGeneration);
    }

    public VirtualMachineStatus withAccelerator(String changed) {
        return new VirtualMachineStatus(
                phase,
                message,
                nodeName,
                ipAddress,
                Optional.of(changed),
                blockDevicesAttached,
                guestOSInfo,
                restartAwaitingChanges,
                endpoints,
                run,
                conditions,
                observedGeneration);
    }
}
