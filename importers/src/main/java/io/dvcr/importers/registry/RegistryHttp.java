package io.dvcr.importers.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLHandshakeException;

/**
 * HTTP to a registry and to where it sends us. It follows redirects itself, because credentials must not follow to
 * another host, and sends again what failed in passing. Thread-safe.
 */
final class RegistryHttp {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);
    private static final int MAX_REDIRECTS = 5;

    private final RegistryTransport transport;
    private final RegistryPatience patience;
    private final AtomicBoolean answered = new AtomicBoolean();

    RegistryHttp(RegistryTransport transport, RegistryPatience patience) {
        this.transport = transport;
        this.patience = patience;
    }

    /** The answer, after redirects where {@code request} only reads. The caller closes the body. */
    RegistryResponse send(RegistryRequest request, URI url, Optional<String> authorization) throws IOException {
        URI current = url;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            boolean mayKnow = origin(current).equals(origin(url));
            RegistryResponse response = sendUntilAnswered(request, current, authorization.filter(_ -> mayKnow));
            Optional<String> location = response.headers().firstValue("Location");
            if (!request.reads() || !REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return response;
            }
            response.body().close();
            current = redirect(current, location.get());
        }
        throw new IOException(url + " redirects more than " + MAX_REDIRECTS + " times");
    }

    /** Any answer but one that may be another the next time. */
    private RegistryResponse sendUntilAnswered(RegistryRequest request, URI url, Optional<String> authorization)
            throws IOException {
        for (int failures = 1; ; failures++) {
            boolean last =
                    !request.repeatable() || failures >= patience.backoff().attempts();
            try {
                RegistryResponse response = sendOnce(request, url, authorization);
                if (last || !isPassing(response.statusCode())) {
                    return response;
                }
                response.body().close();
            } catch (SSLHandshakeException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (last || !answered.get()) { // one that never answered is more likely not there
                    throw e;
                }
            }
            patience.backoff().pause(failures);
        }
    }

    private RegistryResponse sendOnce(RegistryRequest request, URI url, Optional<String> authorization)
            throws IOException {
        RegistryResponse response = transport.send(request, url, authorization);
        answered.set(true);
        return response;
    }

    /** Whether such an answer may be another the next time. */
    static boolean isPassing(int status) {
        return PASSING.contains(status);
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
}
