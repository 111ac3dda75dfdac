package io.dvcr.cli.command;

import io.dvcr.cli.client.ApiClient;
import io.dvcr.cli.client.ServerOption;
import io.dvcr.importers.registry.RegistryClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command that talks to a server has. */
abstract class ClientCommand implements Callable<Integer> {
    @Mixin
    private final ServerOption server = new ServerOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    /** Does what the command is for; a failure is thrown. */
    abstract void run() throws IOException;

    @Override
    public final Integer call() throws IOException {
        run();
        out().flush();
        return 0;
    }

    final ApiClient api() throws IOException {
        return server.api();
    }

    final RegistryClient registry() throws IOException {
        return server.registry();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
