package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.dvcr.importers.source.SourceError.SecretRefused;
import io.dvcr.storage.RepositoryName;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;

/**
 * How the server reaches servers that clients name: which addresses it connects to, whom it trusts, and what secrets it
 * has for them. Addresses are judged where a name is resolved, so what was judged is what is connected to. Apache's
 * client is used because the JDK's has no such place. Thread-safe.
 */
public final class SourceAccess implements Closeable {
    private final SourceClients clients;
    private final CloseableHttpClient client;
    private final SecretDirectory secrets;

    SourceAccess(SourceClients clients, SecretDirectory secrets) {
        this.clients = clients;
        this.client = clients.make(Optional.empty());
        this.secrets = secrets;
    }

    /** One without secrets and proxy. */
    public SourceAccess(AddressPolicy addresses, DownloadPatience patience) {
        this(
                new SourceClients(addresses, patience, Optional.empty(), Optional.empty()),
                new SecretDirectory(Optional.empty(), Optional.empty()));
    }

    /**
     * @param allowLoopback whether the server itself listens on loopback alone
     * @throws IOException if the file of authorities is not usable
     */
    public static SourceAccess with(DownloadSettings settings, boolean allowLoopback) throws IOException {
        Optional<String> authorities = Optional.empty();
        Optional<SSLContext> tls = Optional.empty();
        if (settings.authorities().isPresent()) {
            Path file = settings.authorities().get();
            authorities = Optional.of(Files.readString(file, ISO_8859_1));
            tls = Optional.of(SourceTls.trusting(file));
        }
        AddressPolicy addresses = new AddressPolicy(allowLoopback, settings.deny(), settings.allow());
        return new SourceAccess(
                new SourceClients(addresses, settings.patience(), tls, settings.proxy()),
                new SecretDirectory(settings.secrets(), authorities));
    }

    DownloadPatience patience() {
        return clients.patience();
    }

    /**
     * What the operator has laid down by that name.
     *
     * @param server whom it is to be shown to
     * @param target what is imported with it
     * @throws SourceException with {@link SecretRefused} if there is no such secret, or it is not for that
     */
    public SourceSecret secret(SecretName name, URI server, RepositoryName target) {
        SourceSecret secret = secrets.read(name);
        if (!secret.mayBeUsedFor(target)) {
            throw new SourceException(new SecretRefused(name, "it is not for imports to " + target));
        }
        if (!secret.mayBeShownTo(server)) {
            throw new SourceException(new SecretRefused(name, "it is not for the server of " + server));
        }
        return secret;
    }

    /** For several requests to {@code server} and to where it sends us. The caller closes it. */
    public SourceSession session(URI server, Optional<SourceSecret> secret) {
        return new SourceSession(server, client, own(secret), patience());
    }

    HttpRequests requests(URI url, Optional<SourceSecret> secret) {
        return new HttpRequests(
                url, client, own(secret), secret.map(SourceSecret::headers).orElse(Map.of()));
    }

    private CloseableHttpClient own(Optional<SourceSecret> secret) {
        return secret.flatMap(SourceSecret::tls)
                .map(tls -> clients.make(Optional.of(tls)))
                .orElse(client);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
