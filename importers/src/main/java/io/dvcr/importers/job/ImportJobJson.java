package io.dvcr.importers.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageJson;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** Import jobs and requests as JSON: one form for the API and for what is stored. */
public final class ImportJobJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ImportJobJson() {}

    public static ObjectNode toJson(ImportJob job) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", job.id());
        json.put("created", job.created().toString());
        job.requestedBy().ifPresent(account -> json.put("requestedBy", account));
        putRequest(json, job.request());
        json.put("phase", job.phase().label());
        job.queuePosition().ifPresent(position -> json.put("queuePosition", position));
        ImportProgressJson.put(job.progress(), json.putObject("progress"));
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
        request.format().ifPresent(format -> json.put("format", format.toString()));
        ImportSourceJson.put(request.source(), json.putObject("source"));
    }

    /** @throws RegistryException with {@link RequestInvalid} or another error if a client's {@code json} will not do */
    public static ImportRequest parseRequest(JsonNode json) {
        JsonFields fields = new JsonFields("", json);
        ImageReference target = ImageReference.parse(fields.text("target"));
        if (!(target.reference() instanceof Reference.ByTag(Tag tag))) {
            throw JsonFields.invalid("target must be <repository>:<tag>: a digest cannot be chosen");
        }
        return new ImportRequest(
                target.repository(),
                tag,
                ImportSourceJson.parse(json.path("source")),
                fields.optionalText("base").map(ImageReference::parse),
                fields.optionalFlag("containerDisk"),
                ImportSourceJson.format(fields));
    }

    /**
     * Reads what {@link #toJson} wrote.
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
        JsonNode account = json.path("requestedBy");
        return new ImportJob(
                json.path("id").asText(),
                parseRequest(json),
                Instant.parse(json.path("created").asText()),
                account.isTextual() ? Optional.of(account.asText()) : Optional.empty(),
                phase,
                OptionalInt.empty(),
                ImportProgressJson.parse(json.path("progress")),
                parseFailure(json.path("error")),
                parseImage(json.path("image")));
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
