package io.dvcr.importers.source;

import io.dvcr.importers.source.SourceError.TooManyRedirects;
import io.dvcr.importers.source.SourceError.UrlRefused;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.io.ModalCloseable;

/**
 * The requests of one download, each of which follows redirects and judges every one of them. What is secret goes to the
 * server of its URL alone: a redirect that leads to another scheme, host or port leads there without. Thread-safe.
 */
final class HttpRequests implements Closeable {
    private static final int MAX_REDIRECTS = 10;

    private final URI url;
    private final CloseableHttpClient others;
    private final CloseableHttpClient own;
    private final Map<String, String> headers;

    /**
     * @param others for servers that a redirect leads to; not closed
     * @param own for the server of {@code url}, which may be the same; closed if it is another
     * @param headers for the server of {@code url}
     */
    HttpRequests(URI url, CloseableHttpClient others, CloseableHttpClient own, Map<String, String> headers) {
        this.url = url;
        this.others = others;
        this.own = own;
        this.headers = Map.copyOf(headers);
    }

    /**
     * Where a transfer goes on, and the validator that tells whether the content is still the same.
     *
     * @param last the last byte that is wanted; empty for all that follow
     */
    record ResumePoint(long offset, OptionalLong last, String validator) {
        String range() {
            return "bytes=" + offset + "-" + (last.isPresent() ? Long.toString(last.getAsLong()) : "");
        }
    }

    URI url() {
        return url;
    }

    /**
     * Asks once, following redirects. The caller abandons the response.
     *
     * @throws BusyException if the server may answer later
     */
    ClassicHttpResponse get(Optional<ResumePoint> resume) throws IOException {
        URI current = url;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            ClassicHttpResponse response = getOnce(current, resume);
            if (BusyException.isPassing(response.getCode())) {
                abandon(response);
                throw BusyException.of(response);
            }
            Optional<URI> next = redirectOf(current, response);
            if (next.isEmpty()) {
                return response;
            }
            abandon(response);
            current = next.get();
        }
        throw new SourceException(new TooManyRedirects(url, MAX_REDIRECTS));
    }

    private ClassicHttpResponse getOnce(URI target, Optional<ResumePoint> resume) throws IOException {
        HttpGet get = new HttpGet(target);
        boolean atHome = SecretScope.of(target).equals(SecretScope.of(url));
        if (atHome) {
            headers.forEach(get::setHeader);
        }
        get.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity"); // without it, any would do
        resume.ifPresent(point -> {
            get.setHeader(HttpHeaders.RANGE, point.range());
            get.setHeader(HttpHeaders.IF_RANGE, point.validator());
        });
        return (atHome ? own : others).executeOpen(null, get, null);
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
        if (!own.equals(others)) {
            own.close();
        }
    }
}
