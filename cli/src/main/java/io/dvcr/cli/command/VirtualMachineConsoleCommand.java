package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.api.Kinds;
import java.io.IOException;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "console",
        description = "Talk to a machine of this host over its serial console. Ctrl-] leaves; the machine goes on.")
final class VirtualMachineConsoleCommand extends ResourceCommand {
    @Parameters(paramLabel = "NAME", description = "The machine.")
    private String name = "";

    @Option(names = "--log", description = "Show what the guest has written so far, and end.")
    private boolean log;

    @Override
    void run() throws IOException {
        JsonNode machine = resources().get(Kinds.MACHINE, key(Kinds.MACHINE, name));
        if (log) {
            Files.copy(MachineEndpoints.path(machine, "consoleLog"), System.out);
            System.out.flush();
            return;
        }
        SerialConsole.talk(name, MachineEndpoints.path(machine, "console"));
    }
}
