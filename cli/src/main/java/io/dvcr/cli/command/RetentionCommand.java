package io.dvcr.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import java.net.URLEncoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "retention",
        description = "Apply the retention rules now. The server does so by itself whenever it collects garbage.")
public final class RetentionCommand extends ClientCommand {
    @Option(names = "--dry-run", description = "Change nothing, only tell what would be removed.")
    private boolean dryRun;

    @Option(
            names = "--repository",
            paramLabel = "PATTERN",
            defaultValue = "**",
            description = "Only in these repositories, such as vms/**; in all if missing.")
    private String repository = "**";

    @Override
    void run() throws IOException {
        String query = "?dryRun=" + dryRun + "&repository=" + URLEncoder.encode(repository, UTF_8);
        JsonNode report = api().post("/api/v1/retention" + query, JsonNodeFactory.instance.objectNode());
        JsonNode removed = report.path("removed");
        if (!removed.isEmpty()) {
            table(removed).print(out());
        }
        long listed = removed.size();
        long all = report.path("tags").asLong() + report.path("manifests").asLong();
        if (all > listed) {
            out().println("… and " + (all - listed) + " more");
        }
        out().println((dryRun ? "would remove " : "removed ")
                + report.path("tags").asLong() + " tags and "
                + report.path("manifests").asLong() + " manifests");
        report.path("incomplete")
                .forEach(name -> out().println("not finished: " + name.asText() + "; the server's log says more"));
    }

    private static Table table(JsonNode removed) {
        Table table = new Table("REPOSITORY", "TAG", "DIGEST", "REASON");
        for (JsonNode one : removed) {
            table.row(
                    one.path("repository").asText(),
                    one.path("tag").asText("-"),
                    ShortDigest.of(one.path("digest").asText()),
                    one.path("reason").asText());
        }
        return table;
    }
}
