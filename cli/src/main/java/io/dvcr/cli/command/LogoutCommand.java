package io.dvcr.cli.command;

import io.dvcr.cli.client.CredentialStore;
import java.io.IOException;
import java.net.URI;
import picocli.CommandLine.Command;

@Command(name = "logout", description = "Forget the credentials for a registry.")
public final class LogoutCommand extends CredentialCommand {
    @Override
    void run(URI server, CredentialStore store) throws IOException {
        boolean removed = store.remove(server.getAuthority());
        out().println(removed ? "logged out" : "there was no login to " + server.getAuthority());
    }
}
