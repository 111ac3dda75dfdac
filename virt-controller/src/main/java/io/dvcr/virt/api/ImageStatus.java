package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.Condition;
import io.fabric8.generator.annotation.Default;
import java.util.List;
import java.util.Optional;

/** {@code status} of a ClusterVirtualMachineImage or VirtualMachineImage. */
public record ImageStatus(
        @JsonPropertyDescription("Where the image is in its life.") @Default("Pending")
        Phase phase,

        @JsonPropertyDescription("How far its making is, such as 42%; never goes back.")
        Optional<String> progress,

        @JsonPropertyDescription("What uploads the image, to be run by a person.")
        Optional<String> uploadCommand,

        @JsonPropertyDescription("How fast it came, or comes.")
        Optional<DownloadSpeed> downloadSpeed,

        @JsonPropertyDescription("How long its making took, such as 1m12s.")
        Optional<String> importDuration,

        @JsonPropertyDescription("The format that the source had.")
        Optional<String> format,

        @JsonPropertyDescription("Whether machines get it as a CD-ROM.")
        boolean cdrom,

        @JsonPropertyDescription("How large it is.") Optional<ImageSize> size,

        @JsonPropertyDescription("Where it is.") Optional<Target> target,

        @JsonPropertyDescription("The machines that use it.")
        List<Usage> usedInVMs,

        @JsonPropertyDescription("The import job of the registry that makes it.")
        Optional<String> importJob,

        @JsonPropertyDescription("The uid of the resource that it was made of.")
        Optional<String> sourceUID,

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
        /** Cannot be made as asked. */
        Failed,
        /** The registry does not have it any more. */
        ImageLost,
        /** Is being deleted; waits for the last of its users. */
        Terminating
    }

    /**
     * {@code size}.
     *
     * @param stored what it takes in the registry
     * @param unpacked what a guest sees
     */
    public record ImageSize(String stored, String storedBytes, String unpacked, String unpackedBytes) {}

    /** {@code target}. */
    public record Target(
            @JsonPropertyDescription("The image in the registry.")
            Optional<String> registryURL,

            @JsonPropertyDescription("The digest of what that names.")
            Optional<String> digest,

            @JsonPropertyDescription("The claim that holds it, for storage PersistentVolumeClaim.")
            Optional<String> persistentVolumeClaimName) {}

    /** {@code usedInVMs[]}. */
    public record Usage(String name, String namespace) {}

    static final ImageStatus EMPTY = new ImageStatus(
            Phase.Pending,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            0);

    public ImageStatus {
        usedInVMs = List.copyOf(usedInVMs);
        conditions = List.copyOf(conditions);
    }

    public ImageStatus withImportJob(Optional<String> changed) {
        return new ImageStatus(
                phase,
                progress,
                uploadCommand,
                downloadSpeed,
                importDuration,
                format,
                cdrom,
                size,
                target,
                usedInVMs,
                changed,
                sourceUID,
                conditions,
                observedGeneration);
    }
}
