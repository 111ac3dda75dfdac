package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Polling;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "scrub",
        description = "Read every blob again and tell which are corrupt, and what is missing, while the server goes on"
                + " serving. It does so by itself every week.")
public final class ScrubCommand extends ClientCommand {
    private static final String PATH = "/api/v1/scrub";

    @Option(names = "--wait", description = "Wait for the end and show what was found; fail unless all is well.")
    private boolean wait;

    @Override
    void run() throws IOException {
        JsonNode report = api().post(PATH, JsonNodeFactory.instance.objectNode());
        while (wait && isRunning(report)) {
            Polling.pause("interrupted; the scrub goes on");
            report = api().get(PATH);
        }
        show(report);
        if (!isRunning(report) && bad(report) > 0) {
            throw new IOException("not all is well; what is corrupt or missing can be pushed again");
        }
    }

    private static boolean isRunning(JsonNode report) {
        return report.path("phase").asText().equals("Running");
    }

    private static long bad(JsonNode report) {
        return report.path("corrupt").asLong()
                + report.path("unreadable").asLong()
                + report.path("missing").asLong();
    }

    private void show(JsonNode report) {
        out().println(isRunning(report) ? "under way" : "ended");
        out().println("read          " + report.path("blobs").asLong() + " ("
                + ByteCount.format(report.path("bytes").asLong()) + ")");
        out().println("corrupt       " + report.path("corrupt").asLong());
        out().println("unreadable    " + report.path("unreadable").asLong());
        out().println("missing       " + report.path("missing").asLong());
        if (!report.path("findings").isEmpty()) {
            showFindings(report.path("findings"));
        }
    }

    private void showFindings(JsonNode findings) {
        out().println();
        Table table = new Table("FINDING", "DIGEST", "NAMED BY");
        for (JsonNode finding : findings) {
            String manifest = finding.has("manifest")
                    ? finding.path("repository").asText() + "@"
                            + finding.path("manifest").asText()
                    : "";
            table.row(finding.path("kind").asText(), finding.path("digest").asText(), manifest);
        }
        table.print(out());
    }
}
