package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.resource.Condition;
import io.fabric8.generator.annotation.Default;
import java.time.Instant;
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
        Run run,

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

    /**
     * {@code run}: what the controller has to know again when it is started again.
     *
     * @param wanted what a person, or the guest, last asked for; empty if nobody did
     * @param started whether the run that is wanted has begun
     * @param startedAt when it began
     * @param shutdownAskedAt when the guest was first asked to turn itself off, if it was and has not yet
     * @param restarting whether the machine is turned off only to be turned on again
     * @param crashes how often it ended against everyone's will since it last ran for long
     * @param notBefore when it may be started again after that
     * @param appliedGeneration the generation of the spec that it was started with
     * @param applied that spec
     */
    public record Run(
            Optional<Power> wanted,
            boolean started,
            Optional<Instant> startedAt,
            Optional<Instant> shutdownAskedAt,
            boolean restarting,
            int crashes,
            Optional<Instant> notBefore,
            long appliedGeneration,
            Optional<JsonNode> applied) {
        public static final Run NONE = new Run(
                Optional.empty(),
                false,
                Optional.empty(),
                Optional.empty(),
                false,
                0,
                Optional.empty(),
                0,
                Optional.empty());
    }

    public enum Power {
        On,
        Off
    }

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
            Run.NONE,
            List.of(),
            0);

    public VirtualMachineStatus {
        blockDevicesAttached = List.copyOf(blockDevicesAttached);
        restartAwaitingChanges = List.copyOf(restartAwaitingChanges);
        conditions = List.copyOf(conditions);
    }
}
