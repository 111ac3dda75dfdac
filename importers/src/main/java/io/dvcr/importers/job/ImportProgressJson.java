package io.dvcr.importers.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.importers.job.ImportProgress.Step;
import java.util.OptionalLong;

/** Progress as JSON. */
final class ImportProgressJson {
    private ImportProgressJson() {}

    static void put(ImportProgress progress, ObjectNode json) {
        json.put("bytesReceived", progress.bytesReceived());
        progress.bytesTotal().ifPresent(total -> json.put("bytesTotal", total));
        json.put("percent", progress.percent());
        json.put("step", progress.step().label());
        progress.bytesPerSecond().ifPresent(speed -> json.put("bytesPerSecond", speed));
        progress.remaining().ifPresent(left -> json.put("remainingSeconds", left.toSeconds()));
    }

    /** What {@link #put} wrote, but for how fast it went: that is over. */
    static ImportProgress parse(JsonNode json) {
        JsonNode total = json.path("bytesTotal");
        return new ImportProgress(
                json.path("bytesReceived").asLong(),
                total.isNumber() ? OptionalLong.of(total.asLong()) : OptionalLong.empty(),
                json.path("percent").asInt(),
                Step.labelled(json.path("step").asText()).orElse(Step.CONNECTING));
    }
}
