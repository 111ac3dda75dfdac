package io.dvcr.cli.client;

import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RegistryCredentials;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which server a command talks to, and as whom. */
public final class ServerOption {
    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:DVCR_SERVER:-http://127.0.0.1:5000}",
            description = "The server, http://127.0.0.1:5000 unless $$DVCR_SERVER says otherwise.")
    private URI server = URI.create("http://127.0.0.1:5000");

    public ApiClient api() {
        return new ApiClient(server, credentials());
    }

    public RegistryClient registry() {
        return new RegistryClient(server, credentials());
    }

    /** {@code $DVCR_TOKEN}, a robot's, else what the user has logged in with. */
    private static RegistryCredentials credentials() {
        return Optional.ofNullable(System.getenv("DVCR_TOKEN"))
                .filter(token -> !token.isBlank())
                .<RegistryCredentials>map(token -> _ -> Optional.of(new Credential.BearerToken(token.strip())))
                .orElseGet(() -> CredentialStore.ofThisUser().remembered());
    }
}
