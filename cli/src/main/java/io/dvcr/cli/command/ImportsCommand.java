package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "imports", description = "List imports, the newest first, watch them, or cancel one.")
public final class ImportsCommand extends ClientCommand {
    @ArgGroup
    private Instead instead = new Instead();

    private static final class Instead {
        @Option(names = "--cancel", paramLabel = "ID", description = "Cancel this import instead.")
        private String cancelled = "";

        @Option(
                names = "--watch",
                description = "Show imports as they go on instead, a line whenever one is further, until interrupted.")
        private boolean watch;
    }

    @Override
    void run() throws IOException {
        if (!instead.cancelled.isEmpty()) {
            api().delete("/api/v1/imports/" + instead.cancelled);
        } else if (instead.watch) {
            watch();
        } else {
            list();
        }
    }

    private void list() throws IOException {
        Table table = new Table("ID", "TARGET", "PHASE", "DONE", "SPEED", "LEFT", "CREATED");
        for (JsonNode job : api().get("/api/v1/imports").path("imports")) {
            ImportView view = new ImportView(job);
            table.row(
                    view.id(),
                    view.target(),
                    view.phase(),
                    view.percent() + " %",
                    view.speed(),
                    view.left(),
                    job.path("created").asText());
        }
        table.print(out());
    }

    private void watch() throws IOException {
        Map<String, String> shown = new HashMap<>();
        api().follow("/api/v1/imports/events", job -> {
            ImportView view = new ImportView(job);
            String state = view.phase() + " " + view.percent();
            if (!state.equals(shown.put(view.id(), state))) {
                out().println(view.id() + "  " + view.target() + "  " + line(view));
                out().flush();
            }
            if (view.hasEnded()) {
                shown.remove(view.id());
            }
            return true;
        });
    }

    private static String line(ImportView view) {
        return view.hasEnded() ? view.phase() : view.percent() + " %  " + view.progress();
    }
}
