package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.importers.source.SourceError.ChecksumUnavailable;
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
 * Downloads from URLs that clients name. Addresses are judged where the name is resolved, so what was judged is what is
 * connected to; every redirect is judged again. Apache's client is used because the JDK's has no such place. Thread-safe.
 */
public final class HttpDownloader implements SourceOpener<HttpSource>, Closeable {
    private static final int MAX_LIST_BYTES = 4 << 20;

    private final SourceClients clients;
    private final CloseableHttpClient client;
    private final SecretDirectory secrets;
    private final DownloadPatience patience;
    private final Lanes lanes;

    private HttpDownloader(SourceClients clients, SecretDirectory secrets, DownloadPatience patience, Lanes lanes) {
        this.clients = clients;
        this.client = clients.make(Optional.empty());
        this.secrets = secrets;
        this.patience = patience;
        this.lanes = lanes;
    }

    /** One without secrets and proxy, and with one connection for each download. */
    public HttpDownloader(AddressPolicy addresses, DownloadPatience patience) {
        this(
                new SourceClients(addresses, patience, Optional.empty(), Optional.empty()),
                new SecretDirectory(Optional.empty(), Optional.empty()),
                patience,
                Lanes.ONE);
    }

    /**
     * @param allowLoopback whether the server itself listens on loopback alone
     * @throws IOException if the file of authorities is not usable
     */
    public static HttpDownloader with(DownloadSettings settings, boolean allowLoopback) throws IOException {
        Optional<String> authorities = Optional.empty();
        Optional<SSLContext> tls = Optional.empty();
        if (settings.authorities().isPresent()) {
            Path file = settings.authorities().get();
            authorities = Optional.of(Files.readString(file, ISO_8859_1));
            tls = Optional.of(SourceTls.trusting(file));
        }
        AddressPolicy addresses = new AddressPolicy(allowLoopback, settings.deny(), settings.allow());
        return new HttpDownloader(
                new SourceClients(addresses, settings.patience(), tls, settings.proxy()),
                new SecretDirectory(settings.secrets(), authorities),
                settings.patience(),
                settings.lanes());
    }

    /** The checksum comes first: if there is none where it should be, nothing else need be downloaded. */
    @Override
    public OpenedSource open(HttpSource source, RepositoryName target) throws IOException {
        Optional<Checksum> checksum = checksum(source, target);
        HttpDownload download = download(source, target);
        return new OpenedSource(download, download.length(), checksum);
    }

    /**
     * Begins a download, which resumes by itself when its connection is cut.
     *
     * @param target what it is for, on which it depends whether the source's secret may be used
     * @throws SourceException if the source cannot be read
     */
    HttpDownload download(HttpSource source, RepositoryName target) throws IOException {
        Optional<SourceSecret> secret = secret(source, target);
        return HttpDownload.begin(requests(source.url(), secret), patience, lanes);
    }

    /**
     * What the bytes of {@code source} must hash to, which may have to be downloaded.
     *
     * @throws SourceException if it is to be found in a list but is not
     */
    Optional<Checksum> checksum(HttpSource source, RepositoryName target) throws IOException {
        if (source.checksumUrl().isEmpty()) {
            return source.checksum();
        }
        URI url = source.checksumUrl().get();
        Optional<SourceSecret> secret = secret(source, target).filter(known -> known.mayBeShownTo(url));
        try (HttpDownload list = HttpDownload.begin(requests(url, secret), patience, Lanes.ONE)) {
            String text = new String(list.readNBytes(MAX_LIST_BYTES), UTF_8);
            String file = ChecksumList.fileOf(source.url());
            return Optional.of(new ChecksumList(text)
                    .of(file)
                    .orElseThrow(() -> new SourceException(new ChecksumUnavailable(url, file))));
        }
    }

    private Optional<SourceSecret> secret(HttpSource source, RepositoryName target) {
        return source.secret().map(name -> {
            SourceSecret secret = secrets.read(name);
            if (!secret.mayBeUsedFor(target)) {
                throw new SourceException(new SecretRefused(name, "it is not for imports to " + target));
            }
            if (!secret.mayBeShownTo(source.url())) {
                throw new SourceException(new SecretRefused(name, "it is not for the server of " + source.url()));
            }
            return secret;
        });
    }

    private HttpRequests requests(URI url, Optional<SourceSecret> secret) {
        CloseableHttpClient own = secret.flatMap(SourceSecret::tls)
                .map(tls -> clients.make(Optional.of(tls)))
                .orElse(client);
        return new HttpRequests(
                url, client, own, secret.map(SourceSecret::headers).orElse(Map.of()));
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
