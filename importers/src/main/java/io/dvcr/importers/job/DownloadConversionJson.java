package io.dvcr.importers.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** Conversions for download as JSON, as they are stored. */
final class DownloadConversionJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DownloadConversionJson() {}

    static ObjectNode toJson(DownloadConversion one) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("created", one.created().toString());
        one.requestedBy().ifPresent(account -> json.put("requestedBy", account));
        json.put("repository", one.key().repository().toString());
        one.tag().ifPresent(tag -> json.put("tag", tag.toString()));
        json.put("digest", one.key().digest().toString());
        json.put("format", one.key().format().name());
        json.put("phase", one.phase().label());
        json.put("percent", one.percent());
        one.sizeBytes().ifPresent(size -> json.put("size", size));
        one.failure()
                .ifPresent(failure ->
                        json.putObject("error").put("code", failure.code()).put("message", failure.message()));
        return json;
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws DamagedJobException if it is anything else
     */
    static DownloadConversion parse(byte[] content) throws DamagedJobException {
        try {
            return parse(JSON.readTree(content));
        } catch (IOException | RuntimeException e) {
            throw new DamagedJobException(e);
        }
    }

    private static DownloadConversion parse(JsonNode json) throws IOException {
        return new DownloadConversion(
                new ConversionKey(
                        RepositoryName.parse(json.path("repository").asText()),
                        Digest.parse(json.path("digest").asText()),
                        OutputFormat.valueOf(json.path("format").asText())),
                text(json, "tag").map(Tag::parse),
                Instant.parse(json.path("created").asText()),
                text(json, "requestedBy"),
                ImportPhase.labelled(json.path("phase").asText())
                        .orElseThrow(() -> new IOException("no such phase: " + json.path("phase"))),
                json.path("percent").asInt(),
                json.path("size").isNumber() ? OptionalLong.of(json.path("size").asLong()) : OptionalLong.empty(),
                failure(json.path("error")));
    }

    private static Optional<String> text(JsonNode json, String field) {
        return json.path(field).isTextual() ? Optional.of(json.path(field).asText()) : Optional.empty();
    }

    private static Optional<ImportFailure> failure(JsonNode json) {
        return json.isObject()
                ? Optional.of(new ImportFailure(
                        json.path("code").asText(), json.path("message").asText()))
                : Optional.empty();
    }
}
