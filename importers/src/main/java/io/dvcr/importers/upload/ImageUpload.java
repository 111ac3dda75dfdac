package io.dvcr.importers.upload;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * What is stored of an upload besides its bytes.
 *
 * @param requestedBy who began it, if that is known
 * @param metadata what a tus client said of the file, to be told again
 * @param lifetime how long it stays that nothing was written to
 * @param finished whether all bytes have come; as many as the request's size says
 * @param job the import, once it is stored
 */
public record ImageUpload(
        ImageUploadRequest request,
        Optional<String> requestedBy,
        Optional<String> metadata,
        Duration lifetime,
        boolean finished,
        Optional<String> job) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static ImageUpload begun(
            ImageUploadRequest request, Optional<String> requestedBy, Optional<String> metadata, Duration lifetime) {
        return new ImageUpload(request, requestedBy, metadata, lifetime, false, Optional.empty());
    }

    ImageUpload sized(long bytes) {
        return new ImageUpload(request.of(bytes), requestedBy, metadata, lifetime, finished, job);
    }

    ImageUpload finished(long bytes) {
        return new ImageUpload(request.of(bytes), requestedBy, metadata, lifetime, true, job);
    }

    ImageUpload importedBy(String id) {
        return new ImageUpload(request, requestedBy, metadata, lifetime, finished, Optional.of(id));
    }

    byte[] toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        request.put(json.putObject("request"));
        requestedBy.ifPresent(account -> json.put("requestedBy", account));
        metadata.ifPresent(text -> json.put("metadata", text));
        json.put("lifetime", lifetime.toString());
        json.put("finished", finished);
        job.ifPresent(id -> json.put("import", id));
        return json.toString().getBytes(UTF_8);
    }

    /** @throws IOException if {@code content} is nothing that {@link #toJson} made */
    static ImageUpload parse(byte[] content) throws IOException {
        try {
            JsonNode json = JSON.readTree(content);
            return new ImageUpload(
                    ImageUploadRequest.parse(json.path("request")),
                    text(json.path("requestedBy")),
                    text(json.path("metadata")),
                    Duration.parse(json.path("lifetime").asText()),
                    json.path("finished").asBoolean(),
                    text(json.path("import")));
        } catch (RuntimeException e) {
            throw new IOException("the record of an upload is damaged", e);
        }
    }

    private static Optional<String> text(JsonNode value) {
        return value.isTextual() ? Optional.of(value.asText()) : Optional.empty();
    }
}
