package io.dvcr.importers.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * HTTP to a registry and to where it sends us. It follows redirects itself, because credentials must not follow to
 * another host. Thread-safe.
 */
final class RegistryHttp {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MAX_REDIRECTS = 5;

    private final HttpClient http;

    /** @param tls whom to trust where TLS is spoken; empty for whom Java does */
    RegistryHttp(Optional<SSLContext> tls) {
        HttpClient.Builder builder = HttpClient.newBuilder();
        tls.ifPresent(builder::sslContext);
        this.http = builder.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** {@code GET}. The caller closes the body. */
    HttpResponse<InputStream> get(URI url, Map<String, String> headers, Optional<String> authorization)
            throws IOException {
        URI current = url;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(current).GET();
            headers.forEach(request::header);
            if (origin(current).equals(origin(url))) {
                authorization.ifPresent(value -> request.header("Authorization", value));
            }
            HttpResponse<InputStream> response = send(request);
            Optional<String> location = response.headers().firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return response;
            }
            response.body().close();
            current = redirect(current, location.get());
        }
        throw new IOException(url + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private static URI redirect(URI from, String location) throws IOException {
        try {
            URI to = from.resolve(location);
            requireNoDowngrade(from, to);
            return to;
        } catch (IllegalArgumentException e) {
            throw new IOException(from + " redirects to what is no URL", e);
        }
    }

    /** Who asked for TLS must not be sent where others read along. */
    static void requireNoDowngrade(URI from, URI to) throws IOException {
        boolean secure = "https".equals(to.getScheme());
        boolean plain = "http".equals(to.getScheme()) && "http".equals(from.getScheme());
        if (to.getHost() == null || !(secure || plain)) {
            throw new IOException(from + " sends us to " + to + ", which is not a URL to follow from there");
        }
    }

    static String origin(URI url) {
        return url.getScheme() + "://" + url.getAuthority();
    }

    HttpResponse<InputStream> send(HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.timeout(ANSWER_TIMEOUT).build();
        try {
            return http.send(request, BodyHandlers.ofInputStream());
        } catch (ConnectException e) {
            throw new IOException("cannot connect to " + origin(request.uri()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + origin(request.uri()));
        }
    }
}
