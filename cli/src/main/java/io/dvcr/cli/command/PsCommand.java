package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.client.ByteCount;
import io.dvcr.cli.client.Table;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(name = "ps", description = "List the machines of this host.")
public final class PsCommand extends ClientCommand {
    @Override
    void run() throws IOException {
        Table table = new Table("NAME", "PHASE", "ACCELERATOR", "CPUS", "MEMORY", "IMAGE", "REASON");
        for (JsonNode machine : api().get("/api/v1/machines").path("machines")) {
            JsonNode status = machine.path("status");
            table.row(
                    machine.path("name").asText(),
                    status.path("phase").asText(),
                    status.path("accelerator").asText("-"),
                    machine.path("cpus").asText(),
                    ByteCount.format(machine.path("memory").asLong()),
                    machine.path("image").asText(),
                    status.path("message").asText(status.path("reason").asText()));
        }
        table.print(out());
    }
}
