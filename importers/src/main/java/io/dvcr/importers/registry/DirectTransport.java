package io.dvcr.importers.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLContext;

/** Connects to whatever a registry's name resolves to: for registries that the user of this process chose. */
final class DirectTransport implements RegistryTransport {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http;
    private final Duration stall;
    private final LongAdder received = new LongAdder();

    /**
     * @param tls whom to trust where TLS is spoken; empty for whom Java does
     * @param stall how long the next bytes of an answer may take
     */
    DirectTransport(Optional<SSLContext> tls, Duration stall) {
        HttpClient.Builder builder = HttpClient.newBuilder();
        tls.ifPresent(builder::sslContext);
        this.http = builder.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.stall = stall;
    }

    @Override
    public long received() {
        return received.sum();
    }

    @Override
    public RegistryResponse send(RegistryRequest request, URI url, Optional<String> authorization) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(url)
                .method(request.method(), publisher(request.body()))
                .timeout(request.timeout());
        request.headers().forEach(builder::header);
        authorization.ifPresent(value -> builder.header("Authorization", value));
        try {
            HttpResponse<InputStream> response = http.send(builder.build(), _ -> new ImpatientBody(stall, received));
            return new RegistryResponse(response.statusCode(), response.headers(), response.body());
        } catch (ConnectException e) {
            throw new IOException("cannot connect to " + RegistryHttp.origin(url), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + RegistryHttp.origin(url));
        }
    }

    private static BodyPublisher publisher(ByteBuffer body) {
        return body.hasRemaining()
                ? BodyPublishers.ofByteArray(body.array(), body.arrayOffset() + body.position(), body.remaining())
                : BodyPublishers.noBody();
    }
}
