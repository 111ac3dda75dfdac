package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dvcr.cli.client.ApiClient;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that change the state of one machine. */
public final class MachineCommands {
    private MachineCommands() {}

    @Command(name = "start", description = "Start a machine that was stopped, and wait until it runs.")
    public static final class Start extends ClientCommand {
        @Parameters(paramLabel = "NAME", description = "The machine.")
        private String name = "";

        @Override
        void run() throws IOException {
            ApiClient api = api();
            api.post("/api/v1/machines/" + name + "/start", JsonNodeFactory.instance.objectNode());
            MachineWait.until(api, name, "Running");
            out().println("started " + name);
        }
    }

    @Command(name = "stop", description = "Shut a machine down, and wait until it is off.")
    public static final class Stop extends ClientCommand {
        @Parameters(paramLabel = "NAME", description = "The machine.")
        private String name = "";

        @Option(names = "--force", description = "Turn it off at once, without asking the guest.")
        private boolean force;

        @Override
        void run() throws IOException {
            ApiClient api = api();
            api.post("/api/v1/machines/" + name + "/stop?force=" + force, JsonNodeFactory.instance.objectNode());
            MachineWait.until(api, name, "Stopped");
            out().println("stopped " + name);
        }
    }
}
