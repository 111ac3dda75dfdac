package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.Condition;
import io.fabric8.generator.annotation.Default;
import java.util.List;
import java.util.Optional;

/** {@code status} of a VirtualMachineDisk. */
public record VirtualMachineDiskStatus(
        @JsonPropertyDescription("Where the disk is in its life.") @Default("Pending")
        Phase phase,

        @JsonPropertyDescription("How far its making is, such as 42%; never goes back.")
        Optional<String> progress,

        @JsonPropertyDescription("What the guest sees.") Optional<String> capacity,

        @JsonPropertyDescription("What uploads the content, to be run by a person.")
        Optional<String> uploadCommand,

        @JsonPropertyDescription("How fast it came, or comes.")
        Optional<DownloadSpeed> downloadSpeed,

        @JsonPropertyDescription("How long its making took, such as 1m12s.")
        Optional<String> importDuration,

        @JsonPropertyDescription("The storage class that it is of.")
        Optional<String> storageClassName,

        @JsonPropertyDescription("Where it is.") Optional<Target> target,

        @JsonPropertyDescription("What it was made of.") Optional<Source> source,

        @JsonPropertyDescription("The machines that it is attached to.")
        List<Attached> attachedToVirtualMachines,

        @JsonPropertyDescription("What is so, and why.") List<Condition> conditions,

        @JsonPropertyDescription("The generation that this status is about.")
        long observedGeneration) {

    public enum Phase {
        /** Waits for something else, or for its turn. */
        Pending,
        Provisioning,
        /** Waits for a person to run {@code uploadCommand}. */
        WaitForUserUpload,
        Ready,
        /** Grows. */
        Resizing,
        /** Cannot be made as asked. */
        Failed,
        /** Its volume is not there any more. */
        Lost,
        /** Is being deleted; waits for the last of its users. */
        Terminating
    }

    /** {@code target}. */
    public record Target(
            @JsonPropertyDescription("The claim, in a cluster.")
            Optional<String> persistentVolumeClaimName,

            @JsonPropertyDescription("The file or device, on a single host.")
            Optional<String> path) {}

    /**
     * {@code source}: what the content was when it was first looked up; the disk is never made of anything else.
     *
     * @param image in the registry
     * @param unpackedBytes how large a disk it needs
     * @param importJob the import that brings it, where it is not in the registry yet
     */
    public record Source(
            Optional<String> image,
            Optional<String> digest,
            Optional<Long> unpackedBytes,
            boolean cdrom,
            Optional<String> importJob,
            Optional<String> uid) {}

    /** {@code attachedToVirtualMachines[]}. */
    public record Attached(String name) {}

    static final VirtualMachineDiskStatus EMPTY = new VirtualMachineDiskStatus(
            Phase.Pending,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            List.of(),
            0);

    public VirtualMachineDiskStatus {
        attachedToVirtualMachines = List.copyOf(attachedToVirtualMachines);
        conditions = List.copyOf(conditions);
    }

    public VirtualMachineDiskStatus withSource(Source changed) {
        return new VirtualMachineDiskStatus(
                phase,
                progress,
                capacity,
                uploadCommand,
                downloadSpeed,
                importDuration,
                storageClassName,
                target,
                Optional.of(changed),
                attachedToVirtualMachines,
                conditions,
                observedGeneration);
    }
}
