package io.dvcr.importers.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageJson;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.SecretName;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Import jobs and requests as JSON: one form for the API and for what is stored. */
public final class ImportJobJson {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> HTTP_FIELDS = Set.of("url", "checksum", "checksumUrl", "secret");

    private ImportJobJson() {}

    public static ObjectNode toJson(ImportJob job) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", job.id());
        json.put("created", job.created().toString());
        putRequest(json, job.request());
        json.put("phase", job.phase().label());
        putProgress(json.putObject("progress"), job.progress());
        job.failure()
                .ifPresent(failure ->
                        json.putObject("error").put("code", failure.code()).put("message", failure.message()));
        job.image().ifPresent(image -> json.set("image", ImageJson.toJson(image)));
        return json;
    }

    private static void putRequest(ObjectNode json, ImportRequest request) {
        json.put("target", request.repository() + ":" + request.tag());
        request.base().ifPresent(base -> json.put("base", base.toString()));
        request.containerDisk().ifPresent(wanted -> json.put("containerDisk", wanted));
        ObjectNode http = json.putObject("source").putObject("http");
        http.put("url", request.source().url().toString());
        request.source()
                .checksum()
                .ifPresent(checksum ->
                        http.putObject("checksum").put(checksum.algorithm().label(), checksum.hex()));
        request.source().checksumUrl().ifPresent(url -> http.put("checksumUrl", url.toString()));
        request.source().secret().ifPresent(secret -> http.put("secret", secret.value()));
    }

    private static void putProgress(ObjectNode json, ImportProgress progress) {
        json.put("bytesReceived", progress.bytesReceived());
        progress.bytesTotal().ifPresent(total -> json.put("bytesTotal", total));
        json.put("percent", progress.percent());
        json.put("step", progress.step().label());
    }

    /** @throws RegistryException with {@link RequestInvalid} or another error if a client's {@code json} will not do */
    public static ImportRequest parseRequest(JsonNode json) {
        ImageReference target = ImageReference.parse(text(json, "target", "target"));
        if (!(target.reference() instanceof Reference.ByTag(Tag tag))) {
            throw invalid("target must be <repository>:<tag>: a digest cannot be chosen");
        }
        JsonNode http = json.path("source").path("http");
        if (!http.isObject()) {
            throw invalid("source.http is missing: the one kind of source there is");
        }
        requireKnownFields(http);
        HttpSource source = HttpSource.parse(
                text(http, "url", "source.http.url"),
                checksum(http),
                optionalText(http, "checksumUrl", "source.http.checksumUrl"),
                optionalText(http, "secret", "source.http.secret").map(SecretName::parse));
        return new ImportRequest(target.repository(), tag, source, base(json), flag(json, "containerDisk"));
    }

    private static Optional<ImageReference> base(JsonNode json) {
        return optionalText(json, "base", "base").map(ImageReference::parse);
    }

    private static Optional<Boolean> flag(JsonNode json, String field) {
        JsonNode flag = json.path(field);
        if (flag.isMissingNode() || flag.isNull()) {
            return Optional.empty();
        }
        if (!flag.isBoolean()) {
            throw invalid(field + " must be true or false");
        }
        return Optional.of(flag.booleanValue());
    }

    private static Optional<Checksum> checksum(JsonNode http) {
        JsonNode checksum = http.path("checksum");
        if (checksum.isMissingNode() || checksum.isNull()) {
            return Optional.empty();
        }
        if (!checksum.isObject() || checksum.size() != 1) {
            throw invalid("source.http.checksum must have one algorithm and its value");
        }
        Iterator<Map.Entry<String, JsonNode>> fields = checksum.properties().iterator();
        Map.Entry<String, JsonNode> field = fields.next();
        return Optional.of(Checksum.parse(field.getKey(), field.getValue().asText()));
    }

    private static Optional<String> optionalText(JsonNode json, String field, String name) {
        return json.path(field).isMissingNode() || json.path(field).isNull()
                ? Optional.empty()
                : Optional.of(text(json, field, name));
    }

    private static String text(JsonNode json, String field, String name) {
        JsonNode value = json.path(field);
        if (!value.isTextual() || value.asText().isEmpty()) {
            throw invalid(name + " must be a string");
        }
        return value.asText();
    }

    /** A checksum that is misspelt must not be one that is not checked. */
    private static void requireKnownFields(JsonNode http) {
        http.fieldNames().forEachRemaining(field -> {
            if (!HTTP_FIELDS.contains(field)) {
                throw invalid("source.http has url, checksum, checksumUrl and secret, not \"" + field + "\"");
            }
        });
    }

    private static RegistryException invalid(String reason) {
        return new RegistryException(new RequestInvalid(reason));
    }

    /**
     * Reads what {@link #toJson} wrote; progress is not kept over a restart, save that of an ended job.
     *
     * @throws DamagedJobException if it is anything else
     */
    static ImportJob parse(byte[] content) throws DamagedJobException {
        try {
            return parse(JSON.readTree(content));
        } catch (IOException | RuntimeException e) {
            throw new DamagedJobException(e);
        }
    }

    private static ImportJob parse(JsonNode json) throws IOException {
        ImportPhase phase = ImportPhase.labelled(json.path("phase").asText())
                .orElseThrow(() -> new IOException("no such phase: " + json.path("phase")));
        return new ImportJob(
                json.path("id").asText(),
                parseRequest(json),
                Instant.parse(json.path("created").asText()),
                phase,
                phase == ImportPhase.SUCCEEDED
                        ? parseProgress(json.path("progress")).done()
                        : ImportProgress.NONE,
                parseFailure(json.path("error")),
                parseImage(json.path("image")));
    }

    private static ImportProgress parseProgress(JsonNode json) {
        JsonNode total = json.path("bytesTotal");
        return new ImportProgress(
                json.path("bytesReceived").asLong(),
                total.isNumber() ? OptionalLong.of(total.asLong()) : OptionalLong.empty(),
                json.path("percent").asInt(),
                ImportProgress.Step.CONNECTING);
    }

    private static Optional<ImportFailure> parseFailure(JsonNode json) {
        return json.isObject()
                ? Optional.of(new ImportFailure(
                        json.path("code").asText(), json.path("message").asText()))
                : Optional.empty();
    }

    private static Optional<ImageDetails> parseImage(JsonNode json) {
        return json.isObject() ? Optional.of(ImageJson.parse(json)) : Optional.empty();
    }
}
