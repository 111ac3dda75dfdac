package io.dvcr.cli.client;

import io.dvcr.importers.registry.RegistryClient;
import java.net.URI;
import picocli.CommandLine.Option;

/** Which server a command talks to. */
public final class ServerOption {
    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:DVCR_SERVER:-http://127.0.0.1:5000}",
            description = "The server, http://127.0.0.1:5000 unless $$DVCR_SERVER says otherwise.")
    private URI server = URI.create("http://127.0.0.1:5000");

    public ApiClient api() {
        return new ApiClient(server);
    }

    public RegistryClient registry() {
        return new RegistryClient(server);
    }
}
