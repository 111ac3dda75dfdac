package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code spec.dataSource}: where the content comes from. Exactly the block that {@code type} names is there. */
public record DataSource(
        @JsonPropertyDescription("Which of the blocks below says where the content comes from.")
        Type type,

        @JsonPropertyDescription("A file on a web server, in any format that the registry imports.")
        Optional<Http> http,

        @JsonPropertyDescription("An image in another registry: a containerDisk, a KubeVirt or DVCR disk artifact.")
        Optional<ContainerImage> containerImage,

        @JsonPropertyDescription("A VirtualMachineImage.") Optional<ObjectName> virtualMachineImage,

        @JsonPropertyDescription("A ClusterVirtualMachineImage.")
        Optional<ObjectName> clusterVirtualMachineImage,

        @JsonPropertyDescription("A VirtualMachineDisk that no machine runs on: a golden image is made of it.")
        Optional<ObjectName> virtualMachineDisk,

        @JsonPropertyDescription("What a person uploads, by the command in status.uploadCommand.")
        Optional<Upload> upload) {

    public enum Type {
        HTTP,
        ContainerImage,
        VirtualMachineImage,
        ClusterVirtualMachineImage,
        VirtualMachineDisk,
        Upload
    }

    /** {@code http}. */
    public record Http(
            @JsonPropertyDescription("Where the file is.") @Pattern("https?://.+")
            String url,

            @JsonPropertyDescription("What the file has to be, as it is served.")
            Optional<Checksum> checksum,

            @JsonPropertyDescription("Certificates to trust, PEM, in Base64.")
            Optional<String> caBundle,

            @JsonPropertyDescription("Whether any certificate will do.")
            boolean insecureSkipVerify) {}

    /** {@code containerImage}. */
    public record ContainerImage(
            @JsonPropertyDescription(
                    "Such as quay.io/containerdisks/fedora:40, or with @sha256:…; without a host, one of this registry.")
            String image,

            @JsonPropertyDescription("A Secret of type kubernetes.io/dockerconfigjson.")
            Optional<ObjectName> imagePullSecret,

            @JsonPropertyDescription("Certificates to trust, PEM, in Base64.")
            Optional<String> caBundle) {}

    /** {@code upload}. */
    public record Upload(
            @JsonPropertyDescription("What the file has to be, as it is sent.")
            Optional<Checksum> checksum) {}

    /** {@code checksum}: of those that are given, the strongest has to match. */
    public record Checksum(
            @Pattern("[0-9a-fA-F]{32}") Optional<String> md5,
            @Pattern("[0-9a-fA-F]{40}") Optional<String> sha1,
            @Pattern("[0-9a-fA-F]{64}") Optional<String> sha256,
            @Pattern("[0-9a-fA-F]{128}") Optional<String> sha512) {}

    /** A reference to another resource. */
    public record ObjectName(
            @JsonPropertyDescription("Its name.") String name,

            @JsonPropertyDescription("Its namespace; the one of this resource if missing, where it has one.")
            Optional<String> namespace) {}

    public DataSource {
        List<String> given = new ArrayList<>();
        http.ifPresent(_ -> given.add("http"));
        containerImage.ifPresent(_ -> given.add("containerImage"));
        virtualMachineImage.ifPresent(_ -> given.add("virtualMachineImage"));
        clusterVirtualMachineImage.ifPresent(_ -> given.add("clusterVirtualMachineImage"));
        virtualMachineDisk.ifPresent(_ -> given.add("virtualMachineDisk"));
        upload.ifPresent(_ -> given.add("upload"));
        String expected = type == Type.HTTP
                ? "http"
                : Character.toLowerCase(type.name().charAt(0)) + type.name().substring(1);
        boolean isBareUpload = type == Type.Upload && given.isEmpty();
        if (!given.equals(List.of(expected)) && !isBareUpload) {
            throw new IllegalArgumentException(
                    "type " + type + " takes the block " + expected + " and no other; there is " + given);
        }
    }

    /** Those that a registry of its own configuration takes no notice of. */
    List<String> notHonoured() {
        List<String> paths = new ArrayList<>();
        http.flatMap(Http::caBundle).ifPresent(_ -> paths.add("dataSource.http.caBundle"));
        if (http.map(Http::insecureSkipVerify).orElse(false)) {
            paths.add("dataSource.http.insecureSkipVerify");
        }
        containerImage
                .flatMap(ContainerImage::imagePullSecret)
                .ifPresent(_ -> paths.add("dataSource.containerImage.imagePullSecret"));
        containerImage
                .flatMap(ContainerImage::caBundle)
                .ifPresent(_ -> paths.add("dataSource.containerImage.caBundle"));
        return paths;
    }
}
