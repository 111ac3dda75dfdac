package io.dvcr.cli.client;

import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RegistryCredentials;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which server a command talks to, as whom, and why it believes that it does. */
public final class ServerOption {
    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:DVCR_SERVER:-http://127.0.0.1:5000}",
            description = "The server, http://127.0.0.1:5000 unless $$DVCR_SERVER says otherwise.")
    private URI server = URI.create("http://127.0.0.1:5000");

    @Mixin
    private final TrustOption trust = new TrustOption();

    /** @throws IOException if {@code --ca-file} is not usable */
    public ApiClient api() throws IOException {
        return new ApiClient(server, credentials(), trust.tls());
    }

    /** @throws IOException if {@code --ca-file} is not usable */
    public RegistryClient registry() throws IOException {
        return new RegistryClient(server, credentials(), trust.tls());
    }

    /** {@code $DVCR_TOKEN}, a robot's, else what the user has logged in with. */
    private static RegistryCredentials credentials() {
        return Optional.ofNullable(System.getenv("DVCR_TOKEN"))
                .filter(token -> !token.isBlank())
                .<RegistryCredentials>map(token -> _ -> Optional.of(new Credential.BearerToken(token.strip())))
                .orElseGet(() -> CredentialStore.ofThisUser().remembered());
    }
}
