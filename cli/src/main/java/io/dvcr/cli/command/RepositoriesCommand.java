package io.dvcr.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import java.net.URLEncoder;
import picocli.CommandLine.Command;

@Command(name = "repos", description = "List the repositories, what each holds and what it may hold.")
public final class RepositoriesCommand extends ClientCommand {

    @Override
    void run() throws IOException {
        Table table = new Table("REPOSITORY", "USED", "QUOTA", "FREE");
        String path = "/api/v1/repositories";
        JsonNode page = api().get(path);
        addRows(page, table);
        while (page.has("next")) {
            page = api().get(path + "?last="
                    + URLEncoder.encode(page.path("next").asText(), UTF_8));
            addRows(page, table);
        }
        table.print(out());
    }

    private static void addRows(JsonNode page, Table table) {
        for (JsonNode repository : page.path("repositories")) {
            long used = repository.path("usedBytes").asLong();
            JsonNode quota = repository.path("quotaBytes");
            boolean limited = !quota.isMissingNode();
            table.row(
                    repository.path("name").asText(),
                    ByteCount.format(used),
                    limited ? ByteCount.format(quota.asLong()) : "-",
                    limited ? ByteCount.format(Math.max(0, quota.asLong() - used)) : "-");
        }
    }
}
