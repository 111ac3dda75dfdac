package io.dvcr.importers.source;

import io.dvcr.importers.source.SourceError.TooManyRedirects;
import io.dvcr.importers.source.SourceError.UrlRefused;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;
import org.apache.hc.core5.util.Timeout;

/**
 * Downloads from URLs that clients name. Addresses are judged where the name is resolved, so what was judged is what is
 * connected to; every redirect is judged again. Apache's client is used because the JDK's has no such place. Thread-safe.
 */
public final class HttpDownloader implements Closeable {
    private static final int MAX_REDIRECTS = 10;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);

    private final CloseableHttpClient client;
    private final Backoff backoff;

    /**
     * @param stallTimeout how long a server may send nothing
     */
    public HttpDownloader(AddressPolicy addresses, Duration stallTimeout, Backoff backoff) {
        this.backoff = backoff;
        Timeout stall = Timeout.of(stallTimeout);
        ConnectionConfig connection = ConnectionConfig.custom()
                .setConnectTimeout(Timeout.of(CONNECT_TIMEOUT))
                .setSocketTimeout(stall)
                .build();
        this.client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new JudgingResolver(addresses))
                        .setDefaultConnectionConfig(connection)
                        .setMaxConnTotal(64)
                        .setMaxConnPerRoute(16)
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setResponseTimeout(stall)
                        .setProtocolUpgradeEnabled(false) // else it offers TLS by Upgrade, which some servers refuse
                        .build())
                .setUserAgent("dvcr")
                .disableRedirectHandling()
                .disableContentCompression()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .build();
    }

    /**
     * Begins a download, which resumes by itself when its connection is cut.
     *
     * @throws SourceException if the source cannot be read
     */
    public HttpDownload open(HttpSource source) throws IOException {
        return HttpDownload.begin(this, source.url(), backoff);
    }

    /** Asks once, following redirects. The caller closes the response. */
    ClassicHttpResponse get(URI url, Optional<ResumePoint> resume) throws IOException {
        URI current = url;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            ClassicHttpResponse response = getOnce(current, resume);
            Optional<URI> next = redirectOf(current, response);
            if (next.isEmpty()) {
                return response;
            }
            abandon(response);
            current = next.get();
        }
        throw new SourceException(new TooManyRedirects(url, MAX_REDIRECTS));
    }

    private ClassicHttpResponse getOnce(URI url, Optional<ResumePoint> resume) throws IOException {
        HttpGet get = new HttpGet(url);
        resume.ifPresent(point -> {
            get.setHeader(HttpHeaders.RANGE, "bytes=" + point.offset() + "-");
            get.setHeader(HttpHeaders.IF_RANGE, point.validator());
        });
        return client.executeOpen(null, get, null);
    }

    /** Lets go of a response as it is: closing it politely would read its body to the end, however long. */
    static void abandon(ClassicHttpResponse response) {
        if (response instanceof ModalCloseable open) {
            open.close(CloseMode.IMMEDIATE);
        } else {
            throw new IllegalStateException("not a response of this client: " + response);
        }
    }

    private static Optional<URI> redirectOf(URI current, ClassicHttpResponse response) {
        try {
            return redirect(current, response);
        } catch (SourceException e) {
            abandon(response);
            throw e;
        }
    }

    private static Optional<URI> redirect(URI from, ClassicHttpResponse response) {
        Header location = response.getFirstHeader(HttpHeaders.LOCATION);
        boolean isRedirect = switch (response.getCode()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
        if (!isRedirect || location == null) {
            return Optional.empty();
        }
        URI next;
        try {
            next = from.resolve(location.getValue());
        } catch (IllegalArgumentException e) {
            throw new SourceException(
                    new UrlRefused(HttpSource.withoutCredentials(location.getValue()), "it is not a URL"));
        }
        HttpSource.fault(next).ifPresent(fault -> {
            throw new SourceException(new UrlRefused(HttpSource.withoutCredentials(next.toString()), fault));
        });
        return Optional.of(next);
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    /** Where a cut transfer goes on, and the validator that tells whether the content is still the same. */
    record ResumePoint(long offset, String validator) {}

    private record JudgingResolver(AddressPolicy addresses) implements DnsResolver {
        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            InetAddress[] resolved = SystemDefaultDnsResolver.INSTANCE.resolve(host);
            for (InetAddress address : resolved) {
                addresses.check(host, address);
            }
            return resolved;
        }

        @Override
        public String resolveCanonicalHostname(String host) throws UnknownHostException {
            return SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host);
        }
    }
}
