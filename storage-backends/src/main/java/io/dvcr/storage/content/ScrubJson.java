package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.ScrubFinding.Corrupt;
import io.dvcr.storage.content.ScrubFinding.Missing;
import io.dvcr.storage.content.ScrubFinding.Unreadable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reports of scrubs as JSON: one form for the API and for what is stored. */
public final class ScrubJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ScrubJson() {}

    public static ObjectNode toJson(ScrubReport report) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("phase", report.ended().isPresent() ? "Ended" : "Running");
        json.put("started", report.started().toString());
        report.ended().ifPresent(ended -> json.put("ended", ended.toString()));
        json.put("blobs", report.blobs());
        json.put("bytes", report.bytes());
        json.put("corrupt", report.corrupt());
        json.put("unreadable", report.unreadable());
        json.put("missing", report.missing());
        ArrayNode findings = json.putArray("findings");
        report.findings().forEach(finding -> findings.add(toJson(finding)));
        return json;
    }

    private static ObjectNode toJson(ScrubFinding finding) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("kind", finding.getClass().getSimpleName());
        json.put("digest", finding.digest().toString());
        switch (finding) {
            case Corrupt(Digest _, long size) -> json.put("size", size);
            case Unreadable(Digest _, String reason) -> json.put("reason", reason);
            case Missing(Digest _, RepositoryName repository, Digest manifest) ->
                json.put("repository", repository.value()).put("manifest", manifest.toString());
        }
        return json;
    }

    static ByteBuffer toJson(ScrubState state) throws IOException {
        ObjectNode json = toJson(state.report());
        json.put("stage", state.stage().name());
        state.after().ifPresent(after -> json.put("after", after));
        return ByteBuffer.wrap(JSON.writeValueAsBytes(json));
    }

    /** Reads what {@link #toJson(ScrubState)} wrote; empty if {@code content} is anything else. */
    static Optional<ScrubState> parse(byte[] content) {
        try {
            return Optional.of(parse(JSON.readTree(content)));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static ScrubState parse(JsonNode json) {
        List<ScrubFinding> findings = new ArrayList<>();
        json.path("findings").forEach(finding -> findings.add(parseFinding(finding)));
        ScrubReport report = new ScrubReport(
                Instant.parse(json.path("started").asText()),
                optional(json, "ended").map(Instant::parse),
                json.path("blobs").asLong(),
                json.path("bytes").asLong(),
                json.path("corrupt").asLong(),
                json.path("unreadable").asLong(),
                json.path("missing").asLong(),
                findings);
        return new ScrubState(
                report, ScrubState.Stage.valueOf(json.path("stage").asText()), optional(json, "after"));
    }

    private static ScrubFinding parseFinding(JsonNode json) {
        Digest digest = Digest.parse(json.path("digest").asText());
        String kind = json.path("kind").asText();
        return switch (kind) {
            case "Corrupt" -> new Corrupt(digest, json.path("size").asLong());
            case "Unreadable" -> new Unreadable(digest, json.path("reason").asText());
            case "Missing" ->
                new Missing(
                        digest,
                        new RepositoryName(json.path("repository").asText()),
                        Digest.parse(json.path("manifest").asText()));
            default -> throw new IllegalArgumentException("no such finding: " + kind);
        };
    }

    private static Optional<String> optional(JsonNode json, String field) {
        return json.has(field) ? Optional.of(json.path(field).asText()) : Optional.empty();
    }
}
