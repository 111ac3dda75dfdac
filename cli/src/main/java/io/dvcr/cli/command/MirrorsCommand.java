package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(name = "mirrors", description = "List the registries that are mirrored, and what is kept of them.")
public final class MirrorsCommand extends ClientCommand {

    @Override
    void run() throws IOException {
        JsonNode report = api().get("/api/v1/mirrors");
        Table table = new Table("PREFIX", "REGISTRY", "BLOBS", "KEPT", "FETCHED", "HITS", "MISSES", "STALE");
        for (JsonNode mirror : report.path("mirrors")) {
            table.row(
                    mirror.path("prefix").asText(),
                    mirror.path("registry").asText(),
                    mirror.path("blobs").asText(),
                    size(mirror, "bytes"),
                    size(mirror, "fetchedBytes"),
                    mirror.path("hits").asText(),
                    mirror.path("misses").asText(),
                    mirror.path("stale").asText());
        }
        table.print(out());
        if (report.has("maxBytes")) {
            out().println("kept " + size(report, "bytes") + " of " + size(report, "maxBytes")
                    + "; removed to make room " + report.path("removed").asLong() + " (" + size(report, "removedBytes")
                    + ")");
        }
    }

    private static String size(JsonNode json, String field) {
        return ByteCount.format(json.path(field).asLong());
    }
}
