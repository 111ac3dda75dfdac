package io.dvcr.importers.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.face.ListedDisk;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The manifests of an image's faces, and the index that lists them: OCI image specification 1.1. */
final class FaceManifests {
    static final String KUBEVIRT_TYPE = "application/vnd.kubevirt.virtualmachine.v1";
    static final String KUBEVIRT_LAYER = "application/vnd.kubevirt.disk.raw+zstd";
    static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
    static final String IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
    static final String TAR_LAYER = "application/vnd.oci.image.layer.v1.tar+zstd";

    private static final String DISK_NAME = "disk";
    private static final String UNKNOWN = "unknown";

    /** What a containerDisk is for when nobody has said what the disk is for. */
    private static final String DEFAULT_ARCHITECTURE = "amd64";

    private static final ObjectMapper JSON = new ObjectMapper();

    private FaceManifests() {}

    /** A manifest of an index, and how that names it. */
    record Face(StoredManifest manifest, Map<String, String> annotations, String os, String architecture) {
        ObjectNode toJson() {
            ObjectNode json = new Descriptor(
                            manifest.mediaType(),
                            manifest.digest(),
                            manifest.content().length,
                            Optional.empty(),
                            annotations,
                            false)
                    .toJson();
            json.putObject("platform").put("architecture", architecture).put("os", os);
            return json;
        }
    }

    static Face disk(StoredManifest manifest) {
        return artifact(manifest, DiskManifest.ARTIFACT_TYPE);
    }

    static Face kubevirt(HashedLayers.Layer raw, Digest emptyConfig, DiskConfig disk) {
        Map<String, String> annotations = Map.of(
                "io.kubevirt.disk.name",
                DISK_NAME,
                "io.kubevirt.disk.size",
                Long.toString(disk.virtualSize()),
                "org.opencontainers.image.title",
                DISK_NAME + ".img.zst");
        Descriptor config = new Descriptor(EMPTY_TYPE, emptyConfig, EMPTY_CONFIG_BYTES);
        Descriptor layer = new Descriptor(
                KUBEVIRT_LAYER, raw.digest(), raw.content().length(), Optional.empty(), annotations, false);
        return artifact(image(Optional.of(KUBEVIRT_TYPE), config, layer), KUBEVIRT_TYPE);
    }

    private static final int EMPTY_CONFIG_BYTES = 2;

    static byte[] emptyConfig() {
        return new byte[] {'{', '}'};
    }

    static Face containerDisk(HashedLayers.Layer tar, byte[] config, DiskConfig disk) {
        Descriptor configBlob = new Descriptor(IMAGE_CONFIG, Digest.sha256(config), config.length);
        Descriptor layer = new Descriptor(TAR_LAYER, tar.digest(), tar.content().length());
        return new Face(image(Optional.empty(), configBlob, layer), Map.of(), "linux", architecture(disk));
    }

    static byte[] containerDiskConfig(Digest diffId, DiskConfig disk) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("created", disk.created().toString());
        json.put("architecture", architecture(disk)).put("os", "linux");
        json.putObject("config");
        json.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(diffId.toString());
        return bytes(json);
    }

    private static String architecture(DiskConfig disk) {
        return disk.architecture().orElse(DEFAULT_ARCHITECTURE);
    }

    private static Face artifact(StoredManifest manifest, String artifactType) {
        return new Face(manifest, ListedDisk.annotations(artifactType), UNKNOWN, UNKNOWN);
    }

    private static StoredManifest image(Optional<String> artifactType, Descriptor config, Descriptor layer) {
        ObjectNode json = head(Manifest.OCI_MANIFEST);
        artifactType.ifPresent(type -> json.put("artifactType", type));
        json.set("config", config.toJson());
        json.putArray("layers").add(layer.toJson());
        return stored(Manifest.OCI_MANIFEST, json);
    }

    static StoredManifest index(List<Face> faces) {
        ObjectNode json = head(Manifest.OCI_INDEX);
        ArrayNode manifests = json.putArray("manifests");
        faces.forEach(face -> manifests.add(face.toJson()));
        return stored(Manifest.OCI_INDEX, json);
    }

    private static ObjectNode head(String mediaType) {
        return JsonNodeFactory.instance.objectNode().put("schemaVersion", 2).put("mediaType", mediaType);
    }

    private static StoredManifest stored(String mediaType, ObjectNode json) {
        byte[] content = bytes(json);
        return new StoredManifest(Digest.sha256(content), mediaType, content);
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON can be written", e);
        }
    }
}
