package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "console",
        description = "Talk to a machine over its serial console. Ctrl-] leaves; the machine goes on.")
public final class ConsoleCommand extends ClientCommand {
    @Parameters(paramLabel = "NAME", description = "The machine.")
    private String name = "";

    @Option(names = "--log", description = "Show what the guest has written so far, and end.")
    private boolean log;

    @Override
    void run() throws IOException {
        JsonNode status = api().get("/api/v1/machines/" + name).path("status");
        if (log) {
            Files.copy(Path.of(status.path("consoleLog").asText()), System.out);
            System.out.flush();
            return;
        }
        SerialConsole.talk(name, Path.of(status.path("consoleSocket").asText()));
    }
}
