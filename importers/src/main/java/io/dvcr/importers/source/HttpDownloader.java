package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dvcr.importers.source.SourceError.ChecksumUnavailable;
import io.dvcr.storage.RepositoryName;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** Downloads from URLs that clients name; every redirect is judged again. Thread-safe. */
public final class HttpDownloader implements SourceOpener<HttpSource>, Closeable {
    private static final int MAX_LIST_BYTES = 4 << 20;

    private final SourceAccess access;
    private final DownloadPatience patience;
    private final Lanes lanes;

    /** @param lanes how many connections a download may have */
    public HttpDownloader(SourceAccess access, Lanes lanes) {
        this.access = access;
        this.patience = access.patience();
        this.lanes = lanes;
    }

    /** One without secrets and proxy, and with one connection for each download. */
    public HttpDownloader(AddressPolicy addresses, DownloadPatience patience) {
        this(new SourceAccess(addresses, patience), Lanes.ONE);
    }

    /**
     * @param allowLoopback whether the server itself listens on loopback alone
     * @throws IOException if the file of authorities is not usable
     */
    public static HttpDownloader with(DownloadSettings settings, boolean allowLoopback) throws IOException {
        return new HttpDownloader(SourceAccess.with(settings, allowLoopback), settings.lanes());
    }

    /** The checksum comes first: if there is none where it should be, nothing else need be downloaded. */
    @Override
    public OpenedSource open(HttpSource source, RepositoryName target) throws IOException {
        Optional<Checksum> checksum = checksum(source, target);
        return opened(download(source, target), checksum, 0);
    }

    @Override
    public Optional<OpenedSource> openBehind(HeadStart start, HttpSource source, RepositoryName target)
            throws IOException {
        Optional<Checksum> checksum = checksum(source, target);
        HttpRequests requests = access.requests(source.url(), secret(source, target));
        return HttpDownload.behind(start, requests, patience, lanes)
                .map(download -> opened(download, checksum, start.length()));
    }

    private static OpenedSource opened(HttpDownload download, Optional<Checksum> checksum, long kept) {
        Optional<Representation> version =
                Optional.of(download.version()).filter(seen -> seen.validator().isPresent());
        return new OpenedSource(download, download.length(), checksum, Optional.empty(), version, kept);
    }

    /**
     * Begins a download, which resumes by itself when its connection is cut.
     *
     * @param target what it is for, on which it depends whether the source's secret may be used
     * @throws SourceException if the source cannot be read
     */
    HttpDownload download(HttpSource source, RepositoryName target) throws IOException {
        Optional<SourceSecret> secret = secret(source, target);
        return HttpDownload.begin(access.requests(source.url(), secret), patience, lanes);
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
        try (HttpDownload list = HttpDownload.begin(access.requests(url, secret), patience, Lanes.ONE)) {
            String text = new String(list.readNBytes(MAX_LIST_BYTES), UTF_8);
            String file = ChecksumList.fileOf(source.url());
            return Optional.of(new ChecksumList(text)
                    .of(file)
                    .orElseThrow(() -> new SourceException(new ChecksumUnavailable(url, file))));
        }
    }

    private Optional<SourceSecret> secret(HttpSource source, RepositoryName target) {
        return source.secret().map(name -> access.secret(name, source.url(), target));
    }

    @Override
    public void close() throws IOException {
        access.close();
    }
}
