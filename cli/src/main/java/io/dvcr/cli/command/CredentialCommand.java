package io.dvcr.cli.command;

import io.dvcr.cli.client.CredentialStore;
import io.dvcr.cli.client.ServerUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What commands have that keep or forget the credentials for a server. */
abstract class CredentialCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "SERVER",
            arity = "0..1",
            defaultValue = "${env:DVCR_SERVER:-http://127.0.0.1:5000}",
            description = "The registry: HOST[:PORT] or its URL; $$DVCR_SERVER, or that of this host, if missing.")
    private String server = "";

    @SuppressWarnings("UnusedVariable") // picocli looks at it
    @Option(names = "--help", usageHelp = true, description = "Show this help.")
    private boolean help;

    abstract void run(URI parsed, CredentialStore store) throws IOException;

    @Override
    public final Integer call() throws IOException {
        run(parse(), CredentialStore.ofThisUser());
        out().flush();
        return 0;
    }

    private URI parse() {
        try {
            return ServerUrl.parse(server);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "SERVER " + e.getMessage(), e);
        }
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    final PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
