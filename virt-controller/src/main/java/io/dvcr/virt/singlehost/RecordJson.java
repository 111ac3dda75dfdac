package io.dvcr.virt.singlehost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.ImageDescription;
import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.machine.MachineSpec;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** {@code machine.json}, to and from. Thread-safe. */
final class RecordJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int VERSION = 1;

    private RecordJson() {}

    static byte[] write(MachineRecord machine) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("version", VERSION);
        writeSpec(machine.spec(), root.putObject("spec"));
        root.put("uuid", machine.uuid().toString());
        root.put("createdAt", machine.createdAt().toString());
        machine.image().ifPresent(image -> writeImage(image, root.putObject("image")));
        machine.accelerator().ifPresent(accelerator -> root.put("accelerator", accelerator.name()));
        root.put("started", machine.started());
        machine.shutdownAskedAt().ifPresent(at -> root.put("shutdownAskedAt", at.toString()));
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws IOException if {@code json} is not what {@link #write} writes */
    static MachineRecord read(byte[] json) throws IOException {
        try {
            JsonNode root = MAPPER.readTree(json);
            if (root.required("version").asInt() != VERSION) {
                throw new IOException("machine.json has version " + root.get("version") + ", expected " + VERSION);
            }
            return readRecord(root);
        } catch (RuntimeException e) {
            throw new IOException("machine.json is damaged: " + e.getMessage(), e);
        }
    }

    private static MachineRecord readRecord(JsonNode root) {
        return new MachineRecord(
                readSpec(root.required("spec")),
                UUID.fromString(text(root, "uuid")),
                Instant.parse(text(root, "createdAt")),
                Optional.ofNullable(root.get("image")).map(RecordJson::readImage),
                Optional.ofNullable(root.get("accelerator"))
                        .map(JsonNode::asText)
                        .map(Accelerator::valueOf),
                root.required("started").asBoolean(),
                Optional.ofNullable(root.get("shutdownAskedAt"))
                        .map(JsonNode::asText)
                        .map(Instant::parse));
    }

    private static void writeSpec(MachineSpec spec, ObjectNode node) {
        node.put("name", spec.name().value());
        node.put("image", spec.image());
        node.put("cpus", spec.cpus());
        node.put("memoryBytes", spec.memoryBytes());
        node.put("accelerator", spec.accelerator().name());
        node.put("desired", spec.desired().name());
    }

    private static MachineSpec readSpec(JsonNode node) {
        return new MachineSpec(
                new MachineName(text(node, "name")),
                text(node, "image"),
                node.required("cpus").asInt(),
                node.required("memoryBytes").asLong(),
                AcceleratorRequest.valueOf(text(node, "accelerator")),
                DesiredState.valueOf(text(node, "desired")));
    }

    private static void writeImage(ImageDescription image, ObjectNode node) {
        node.put("reference", image.reference());
        node.put("digest", image.digest().toString());
        node.put("virtualSizeBytes", image.virtualSizeBytes());
        node.put("cdrom", image.cdrom());
    }

    private static ImageDescription readImage(JsonNode node) {
        return new ImageDescription(
                text(node, "reference"),
                Digest.parse(text(node, "digest")),
                node.required("virtualSizeBytes").asLong(),
                node.required("cdrom").asBoolean());
    }

    private static String text(JsonNode node, String field) {
        return node.required(field).asText();
    }
}
