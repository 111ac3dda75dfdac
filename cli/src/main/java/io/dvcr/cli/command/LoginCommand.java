package io.dvcr.cli.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.cli.client.CredentialStore;
import io.dvcr.cli.client.ServerUrl;
import io.dvcr.cli.client.TrustOption;
import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryClient;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "login", description = "Log in to a registry, for dvcr and for docker, podman, skopeo and oras alike.")
public final class LoginCommand extends CredentialCommand {
    private static final int MAX_PASSWORD_BYTES = 64 * 1024;

    @Mixin
    private final TrustOption trust = new TrustOption();

    @Option(names = "-u", paramLabel = "USER", description = "Who to log in as; asked for if missing.")
    private Optional<String> user = Optional.empty();

    @Option(names = "--password-stdin", description = "Read the password, or a robot's token, from standard input.")
    private boolean passwordStdin;

    @Override
    void run(URI server, CredentialStore store) throws IOException {
        if (ServerUrl.isUnprotected(server)) {
            err().println("dvcr: the password goes to " + server + " unencrypted");
        }
        Credential.Password credential =
                new Credential.Password(user.isPresent() ? user.get() : askUser(), askPassword());
        new RegistryClient(server, _ -> Optional.of(credential), trust.tls()).requireLogin();
        out().println("logged in; the credentials are in " + store.save(server.getAuthority(), credential));
    }

    private static String askUser() throws IOException {
        return answer(Optional.ofNullable(console().readLine("User: ")));
    }

    private String askPassword() throws IOException {
        if (passwordStdin) {
            return answer(Optional.of(new String(System.in.readNBytes(MAX_PASSWORD_BYTES), UTF_8).stripTrailing()));
        }
        return answer(Optional.ofNullable(console().readPassword("Password: ")).map(String::new));
    }

    private static String answer(Optional<String> answer) throws IOException {
        return answer.filter(text -> !text.isEmpty()).orElseThrow(() -> new IOException("nothing was entered"));
    }

    private static Console console() throws IOException {
        return Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> new IOException("there is no terminal to ask on; say -u USER --password-stdin"));
    }
}
