package io.dvcr.importers.source;

import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.SourceError.UrlRefused;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/**
 * Requests to one server, and to others that it sends us to, of which only the first sees the certificate of its secret.
 * They do nothing by themselves: redirects are answers, and nothing is sent again. Thread-safe.
 */
public final class SourceSession implements Closeable {
    private final URI server;
    private final CloseableHttpClient others;
    private final CloseableHttpClient own;
    private final DownloadPatience patience;

    /**
     * @param others for other servers; not closed
     * @param own for {@code server}, which may be the same; closed if it is another
     */
    SourceSession(URI server, CloseableHttpClient others, CloseableHttpClient own, DownloadPatience patience) {
        this.server = server;
        this.others = others;
        this.own = own;
        this.patience = patience;
    }

    /**
     * Sends once.
     *
     * @param body in an array; it may be empty
     * @throws SourceException if the URL or an address of its host is refused
     */
    public SourceAnswer send(String method, URI url, Map<String, String> headers, ByteBuffer body) throws IOException {
        HttpSource.fault(url).ifPresent(fault -> {
            throw new SourceException(new UrlRefused(HttpSource.withoutCredentials(url.toString()), fault));
        });
        boolean atHome = SecretScope.of(url).equals(SecretScope.of(server));
        ClassicHttpResponse response =
                (atHome ? own : others).executeOpen(null, request(method, url, headers, body), null);
        try {
            return answer(url, response);
        } catch (IOException | RuntimeException e) {
            HttpRequests.abandon(response);
            throw e;
        }
    }

    private static ClassicHttpRequest request(String method, URI url, Map<String, String> headers, ByteBuffer body) {
        HttpUriRequestBase request = new HttpUriRequestBase(method, url);
        request.setHeader("Accept-Encoding", "identity"); // without it, any would do
        headers.forEach(request::setHeader);
        if (body.hasRemaining()) {
            ContentType type = ContentType.parse(headers.getOrDefault("Content-Type", "application/octet-stream"));
            request.setEntity(
                    new ByteArrayEntity(body.array(), body.arrayOffset() + body.position(), body.remaining(), type));
        }
        return request;
    }

    private SourceAnswer answer(URI url, ClassicHttpResponse response) throws IOException {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Header header : response.getHeaders()) {
            headers.computeIfAbsent(header.getName(), _ -> new ArrayList<>()).add(header.getValue());
        }
        InputStream content = response.getEntity() == null
                ? InputStream.nullInputStream()
                : response.getEntity().getContent();
        return new SourceAnswer(response.getCode(), headers, new PacedBody(url, content, response, new Pace(patience)));
    }

    @Override
    public void close() throws IOException {
        if (!own.equals(others)) {
            own.close();
        }
    }

    private static final class PacedBody extends FilterInputStream {
        private final URI url;
        private final ClassicHttpResponse response;
        private final Pace pace;

        PacedBody(URI url, InputStream content, ClassicHttpResponse response, Pace pace) {
            super(content);
            this.url = url;
            this.response = response;
            this.pace = pace;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            long begun = System.nanoTime();
            int read = in.read(target, offset, length);
            try {
                pace.arrived(Math.max(0, read), System.nanoTime() - begun);
            } catch (IOException e) {
                throw new SourceException(new Unreachable(url, String.valueOf(e.getMessage())), e);
            }
            return read;
        }

        @Override
        public void close() {
            HttpRequests.abandon(response);
        }
    }
}
