package io.dvcr.storage.content;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.ManifestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the JSON of one manifest into a {@link Manifest}; says of what does not fit where it is and what it must be. */
final class ManifestParser {
    private static final int MAX_DEPTH = 64;

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE) // it is in memory already
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String ANY_TYPE = "*/*";

    private final String mediaType;

    ManifestParser(String mediaType) {
        this.mediaType = mediaType;
    }

    static ManifestParser ofAnyType() {
        return new ManifestParser(ANY_TYPE);
    }

    static Optional<String> mediaTypeWithin(byte[] content) {
        return text(readObject(content), "mediaType");
    }

    Manifest parse(byte[] content) {
        JsonNode root = readObject(content);
        text(root, "mediaType").ifPresent(this::requireSameMediaType);
        requiredFields().forEach(field -> requireField(root, field));
        if (root.path("schemaVersion").asInt(2) != 2) {
            throw invalid("schemaVersion must be 2");
        }
        return new Manifest(
                mediaType,
                text(root, "artifactType"),
                optionalDescriptor(root, "config"),
                Stream.concat(descriptors(root, "layers").stream(), descriptors(root, "blobs").stream())
                        .toList(),
                descriptors(root, "manifests"),
                optionalDescriptor(root, "subject"),
                annotations(root));
    }

    private static JsonNode readObject(byte[] content) {
        try (JsonParser parser = JSON.createParser(content)) {
            JsonNode tree = JSON.readTree(parser);
            if (tree == null || !tree.isObject()) {
                throw invalid("it must be a JSON object");
            }
            return tree;
        } catch (IOException e) {
            throw invalid("it is not well-formed JSON");
        }
    }

    private void requireSameMediaType(String inside) {
        if (!inside.equals(mediaType) && !mediaType.equals(ANY_TYPE)) {
            throw invalid("its mediaType is " + inside + ", but it was sent as " + mediaType);
        }
    }

    /** Those that the OCI image specification and Docker's manifest schema 2 require; of other types none is known. */
    private List<String> requiredFields() {
        return switch (mediaType) {
            case Manifest.OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json" ->
                List.of("schemaVersion", "config", "layers");
            case Manifest.OCI_INDEX, "application/vnd.docker.distribution.manifest.list.v2+json" ->
                List.of("schemaVersion", "manifests");
            default -> List.of();
        };
    }

    private static void requireField(JsonNode root, String field) {
        if (!root.hasNonNull(field)) {
            throw invalid(field + " is missing");
        }
    }

    private static Optional<Descriptor> optionalDescriptor(JsonNode parent, String field) {
        JsonNode node = parent.path(field);
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(descriptor(node, field));
    }

    private static List<Descriptor> descriptors(JsonNode parent, String field) {
        JsonNode array = parent.path(field);
        if (array.isMissingNode() || array.isNull()) {
            return List.of();
        }
        if (!array.isArray()) {
            throw invalid(field + " must be an array");
        }
        List<Descriptor> descriptors = new ArrayList<>();
        for (JsonNode node : array) {
            descriptors.add(descriptor(node, field + "[" + descriptors.size() + "]"));
        }
        return descriptors;
    }

    private static Descriptor descriptor(JsonNode node, String where) {
        JsonNode size = node.path("size");
        if (!size.isIntegralNumber() || !size.canConvertToLong() || size.asLong() < 0) {
            throw invalid(where + ".size must be a number of bytes");
        }
        Digest digest = text(node, "digest")
                .flatMap(Digest::tryParse)
                .orElseThrow(() -> invalid(where + ".digest must be a sha256 or sha512 digest"));
        String type = text(node, "mediaType").orElseThrow(() -> invalid(where + ".mediaType is missing"));
        return new Descriptor(
                type, digest, size.asLong(), text(node, "artifactType"), annotations(node), isForeign(type, node));
    }

    private static boolean isForeign(String mediaType, JsonNode descriptor) {
        return !descriptor.path("urls").isEmpty()
                || mediaType.contains(".nondistributable.")
                || mediaType.contains(".foreign.");
    }

    private static Map<String, String> annotations(JsonNode parent) {
        Map<String, String> annotations = new HashMap<>();
        parent.path("annotations").forEachEntry((name, value) -> {
            if (!value.isTextual()) {
                throw invalid("annotation " + name + " must be a string");
            }
            annotations.put(name, value.asText());
        });
        return annotations;
    }

    private static Optional<String> text(JsonNode parent, String field) {
        JsonNode node = parent.path(field);
        if (node.isMissingNode() || node.isNull()) {
            return Optional.empty();
        }
        if (!node.isTextual()) {
            throw invalid(field + " must be a string");
        }
        return Optional.of(node.asText()).filter(value -> !value.isEmpty());
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new ManifestInvalid(reason));
    }
}
