package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "imports", description = "List imports, the newest first, or cancel one.")
public final class ImportsCommand extends ClientCommand {
    @Option(names = "--cancel", paramLabel = "ID", description = "Cancel this import instead.")
    private String cancelled = "";

    @Override
    void run() throws IOException {
        if (!cancelled.isEmpty()) {
            api().delete("/api/v1/imports/" + cancelled);
            return;
        }
        Table table = new Table("ID", "TARGET", "PHASE", "DONE", "CREATED");
        for (JsonNode job : api().get("/api/v1/imports").path("imports")) {
            table.row(
                    job.path("id").asText(),
                    job.path("target").asText(),
                    job.path("phase").asText(),
                    job.path("progress").path("percent").asInt() + " %",
                    job.path("created").asText());
        }
        table.print(out());
    }
}
