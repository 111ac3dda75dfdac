package io.dvcr.cli.resource;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.manifest.ManifestReader;
import io.dvcr.cli.manifest.ManifestReader.MalformedException;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.RequestBytes;
import io.dvcr.storage.RegistryError.MediaTypeUnsupported;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The body of a request as the JSON object that it is, or stands for. */
final class RequestManifest {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_DEPTH = 100;

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Set<String> YAML = Set.of("application/yaml", "application/x-yaml", "text/yaml");
    private static final String MERGE_PATCH = "application/merge-patch+json";

    private RequestManifest() {}

    /** Of {@code type}, with the namespace, and the name if it has one, of the path. */
    static ObjectNode read(ResourceType<?, ?> type, Request request) throws IOException {
        ObjectNode manifest = object(request, mediaType(request));
        agree(manifest, "apiVersion", type.apiVersion(), "");
        agree(manifest, "kind", type.kind(), "");
        if (manifest.path("metadata").isMissingNode()) {
            manifest.putObject("metadata");
        }
        if (manifest.path("metadata") instanceof ObjectNode metadata) {
            for (String field : List.of("namespace", "name")) {
                Optional.ofNullable(request.pathParameters().get(field))
                        .ifPresent(value -> agree(metadata, field, value, "metadata."));
            }
        }
        manifest.remove("status"); // which is not for clients to say
        return manifest;
    }

    /** Sets a field that is missing; refuses one that is something else. */
    private static void agree(ObjectNode object, String field, String expected, String path) {
        String given = object.path(field).asText("");
        if (!given.isEmpty() && !given.equals(expected)) {
            throw invalid(path + field + " is \"" + given + "\", but the request is for \"" + expected + "\"");
        }
        object.put(field, expected);
    }

    /** A merge patch. */
    static ObjectNode patch(Request request) throws IOException {
        String mediaType = mediaType(request);
        if (!mediaType.equals(MERGE_PATCH)) {
            throw new RegistryException(new MediaTypeUnsupported(mediaType, MERGE_PATCH));
        }
        return json(bytes(request));
    }

    /** DeleteOptions; an object without fields if there is no body. */
    static ObjectNode options(Request request) throws IOException {
        byte[] body = bytes(request);
        return body.length == 0 ? JsonNodeFactory.instance.objectNode() : json(body);
    }

    private static ObjectNode object(Request request, String mediaType) throws IOException {
        if (YAML.contains(mediaType)) {
            return yaml(new String(bytes(request), StandardCharsets.UTF_8));
        }
        if (!mediaType.equals("application/json")) {
            throw new RegistryException(new MediaTypeUnsupported(mediaType, "application/json or application/yaml"));
        }
        return json(bytes(request));
    }

    private static String mediaType(Request request) {
        String header = request.header("Content-Type").orElse("application/json");
        return header.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }

    private static byte[] bytes(Request request) throws IOException {
        return RequestBytes.readAll(request, "the request", MAX_BYTES);
    }

    private static ObjectNode json(byte[] body) {
        try {
            return requireObject(JSON.readTree(body));
        } catch (IOException e) { // from memory, so it is what was read that is wrong
            throw invalid("the body is not well-formed JSON, nested at most " + MAX_DEPTH + " levels deep");
        }
    }

    private static ObjectNode yaml(String body) {
        try {
            List<JsonNode> documents = ManifestReader.read(body);
            if (documents.size() != 1) {
                throw invalid("the body has " + documents.size() + " documents, expected 1");
            }
            return requireObject(documents.getFirst());
        } catch (MalformedException e) {
            throw invalid("the body is not YAML: " + e.getMessage());
        }
    }

    private static ObjectNode requireObject(JsonNode json) {
        if (!(json instanceof ObjectNode object)) {
            throw invalid("the body must be an object");
        }
        return object;
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }
}
