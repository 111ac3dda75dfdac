package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.cli.client.ByteCount;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "gc", description = "Collect garbage now; the server goes on serving. It does so by itself every hour.")
public final class GcCommand extends ClientCommand {
    @Option(names = "--dry-run", description = "Change nothing, only tell what would be done.")
    private boolean dryRun;

    @Option(
            names = "--grace",
            paramLabel = "DURATION",
            defaultValue = "PT24H",
            description = "How long a blob that nothing names stays, and again once it is set aside; PT24H if missing.")
    private String grace = "PT24H";

    @Override
    void run() throws IOException {
        JsonNode report =
                api().post("/api/v1/gc?dryRun=" + dryRun + "&grace=" + grace, JsonNodeFactory.instance.objectNode());
        out().println(dryRun ? "nothing was changed; a collection now would have" : "done");
        out().println("set aside     " + report.path("setAside").asLong());
        out().println("brought back  " + report.path("broughtBack").asLong());
        out().println("purged        " + withSize(report, "purged", "freedBytes"));
        out().println("left          " + withSize(report, "left", "leftBytes") + " that no manifest names, for later");
        long unreadable = report.path("unreadableManifests").asLong();
        if (unreadable > 0) {
            out().println("unreadable    " + unreadable + " manifests, whose repositories keep all they have;"
                    + " 'dvcr scrub' finds them");
        }
    }

    private static String withSize(JsonNode report, String count, String bytes) {
        return report.path(count).asLong() + " ("
                + ByteCount.format(report.path(bytes).asLong()) + ")";
    }
}
