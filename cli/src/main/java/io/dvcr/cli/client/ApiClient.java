package io.dvcr.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.ImpatientBody;
import io.dvcr.importers.registry.RegistryCredentials;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;

/** {@code /api/v1} of a server. An error reply becomes an {@link IOException} with the server's message. */
public final class ApiClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** A stream of events on which nothing comes for so long is cut: the server sends something every 15 s. */
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private static final int NO_CONTENT = 204;

    private final URI server;
    private final RegistryCredentials credentials;
    private final HttpClient http;

    /** @param tls whom to trust where the server speaks TLS; empty for whom Java does */
    ApiClient(URI server, RegistryCredentials credentials, Optional<SSLContext> tls) {
        this.server = server;
        this.credentials = credentials;
        HttpClient.Builder builder = HttpClient.newBuilder();
        tls.ifPresent(builder::sslContext);
        this.http = builder.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
    }

    public JsonNode get(String path) throws IOException {
        return json(send(request(path).GET(), BodyHandlers.ofByteArray()));
    }

    public JsonNode post(String path, JsonNode body) throws IOException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
        return json(send(request, BodyHandlers.ofByteArray()));
    }

    public JsonNode delete(String path) throws IOException {
        return json(send(request(path).DELETE(), BodyHandlers.ofByteArray()));
    }

    /**
     * A reply, good or bad.
     *
     * @param warnings of what the server does not honour
     */
    public record Answer(int status, List<String> warnings, JsonNode json) {
        public Answer {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Asks, whatever the answer is.
     *
     * @throws IOException if there is none, or if the server does not know who asks
     */
    public Answer ask(String method, String path, Optional<JsonNode> body) throws IOException {
        BodyPublisher content =
                body.map(json -> BodyPublishers.ofString(json.toString())).orElseGet(BodyPublishers::noBody);
        String contentType = method.equals("PATCH") ? "application/merge-patch+json" : "application/json";
        HttpResponse<byte[]> response = send(
                request(path).header("Content-Type", contentType).method(method, content), BodyHandlers.ofByteArray());
        if (response.statusCode() == 401) {
            throw failure(response.statusCode(), response.body());
        }
        try {
            JsonNode json = response.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(response.body());
            return new Answer(
                    response.statusCode(),
                    WarningHeader.texts(response.headers().allValues("Warning")),
                    json);
        } catch (JsonProcessingException e) {
            throw failure(response.statusCode(), response.body());
        }
    }

    /** Lines that come for as long as the server has something to say; it says something every 15 s. */
    public BufferedReader lines(String path) throws IOException {
        HttpResponse<InputStream> response =
                send(request(path).timeout(SILENCE).GET(), _ -> new ImpatientBody(SILENCE, new LongAdder()));
        requireGood(response);
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /**
     * Gives the data of the server-sent events at {@code path} to {@code wantsMore}, until that says no or there are no
     * more. Goes on where it was when the server was away for a moment.
     *
     * @throws IOException if the server refuses, is not there, or stays away
     */
    public void follow(String path, Predicate<JsonNode> wantsMore) throws IOException {
        new ServerEvents(lastId -> events(path, lastId)).follow(wantsMore);
    }

    private Optional<InputStream> events(String path, String lastId) throws IOException {
        HttpRequest.Builder request = request(path).timeout(SILENCE).GET();
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<InputStream> response = send(request, _ -> new ImpatientBody(SILENCE, new LongAdder()));
        requireGood(response);
        if (response.statusCode() == NO_CONTENT) {
            response.body().close();
            return Optional.empty();
        }
        return Optional.of(response.body());
    }

    public URI server() {
        return server;
    }

    /** An upload, whose path is all that it takes to go on with it. */
    public ResumableUpload upload(String path) {
        return new ResumableUpload(http, server.resolve(path), this);
    }

    /** The body of a reply as it comes, with the length that was announced. */
    public Download download(String path) throws IOException {
        HttpResponse<InputStream> response = send(request(path).GET(), BodyHandlers.ofInputStream());
        requireGood(response);
        long length = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        return new Download(response.body(), length);
    }

    private void requireGood(HttpResponse<InputStream> response) throws IOException {
        if (response.statusCode() >= 400) {
            try (InputStream body = response.body()) {
                throw failure(response.statusCode(), body.readNBytes(1 << 16));
            }
        }
    }

    /** @param length in bytes, or -1 if it is not known */
    public record Download(InputStream body, long length) {}

    private HttpRequest.Builder request(String path) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
        Optional<Credential> credential = credentials.find(server.getAuthority());
        if (credential.isPresent()) {
            request.header("Authorization", authorization(credential.get()));
        }
        return request;
    }

    private String authorization(Credential credential) throws IOException {
        return switch (credential) {
            case Credential.Password password -> password.basic();
            case Credential.BearerToken(String token) -> "Bearer " + token;
            case Credential.RefreshToken _ ->
                throw new IOException("docker has logged in to " + server.getAuthority()
                        + " with a token that is good for images alone; 'dvcr login' logs in for all");
        };
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request.build(), handler);
        } catch (ConnectException e) {
            throw new IOException("no server answers at " + server + "; './dvcr up' starts one", e);
        } catch (SSLHandshakeException e) {
            throw new IOException(
                    "cannot be sure that this is " + server + " (" + e.getMessage()
                            + "); --ca-file names whom to trust",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private JsonNode json(HttpResponse<byte[]> response) throws IOException {
        if (response.statusCode() >= 400) {
            throw failure(response.statusCode(), response.body());
        }
        return response.body().length == 0 ? JSON.createObjectNode() : JSON.readTree(response.body());
    }

    RefusedException failure(int status, byte[] body) {
        try {
            JsonNode json = JSON.readTree(body);
            String detail = json.path("detail").asText(json.path("message").asText());
            if (status == 401) {
                return new RefusedException(detail + "; 'dvcr login " + server + "' logs in, and so does $DVCR_TOKEN");
            }
            return new RefusedException(detail.isEmpty() ? "the server answered " + status : detail);
        } catch (IOException e) { // not JSON
            String text = new String(body, StandardCharsets.UTF_8);
            return new RefusedException("the server answered " + status + ": " + text.strip());
        }
    }
}
