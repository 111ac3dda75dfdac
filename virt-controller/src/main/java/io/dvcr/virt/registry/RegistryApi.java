package io.dvcr.virt.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.RegistryCredentials;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** {@code /api/v1} of the registry. Thread-safe. */
final class RegistryApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int LONGEST_ANSWER = 4 << 20;

    private final URI registry;
    private final RegistryCredentials credentials;
    private final HttpClient http;

    RegistryApi(URI registry, RegistryCredentials credentials, Optional<SSLContext> tls) {
        this.registry = registry;
        this.credentials = credentials;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        tls.ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /** Empty if there is nothing at {@code path}. */
    Optional<JsonNode> find(String path) throws IOException {
        return send(request(path).GET());
    }

    JsonNode post(String path, JsonNode body) throws IOException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
        return send(request).orElseThrow(() -> new IOException("the registry knows no " + path));
    }

    /** Nothing happens if there is nothing at {@code path}. */
    void delete(String path) throws IOException {
        send(request(path).DELETE());
    }

    private HttpRequest.Builder request(String path) throws IOException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(registry.resolve(path)).timeout(TIMEOUT);
        Optional<Credential> credential = credentials.find(registry.getAuthority());
        if (credential.isPresent()) {
            request.header(
                    "Authorization",
                    switch (credential.get()) {
                        case Credential.Password password -> password.basic();
                        case Credential.BearerToken(String token) -> "Bearer " + token;
                        case Credential.RefreshToken _ ->
                            throw new IOException("a refresh token is good for images alone");
                    });
        }
        return request;
    }

    private Optional<JsonNode> send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return json(response.statusCode(), body.readNBytes(LONGEST_ANSWER));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    private static Optional<JsonNode> json(int status, byte[] body) throws IOException {
        if (status == 404 || status == 410) {
            return Optional.empty();
        }
        if (status >= 400) {
            String detail = detail(body);
            String message = "the registry answered " + status + (detail.isEmpty() ? "" : ": " + detail);
            if (status == 400 || status == 409 || status == 422) {
                throw new RegistryException(new RequestInvalid(detail.isEmpty() ? message : detail));
            }
            throw new IOException(message);
        }
        return Optional.of(body.length == 0 ? JSON.createObjectNode() : JSON.readTree(body));
    }

    private static String detail(byte[] problem) {
        try {
            return JSON.readTree(problem).path("detail").asText("");
        } catch (IOException _) { // no problem details
            return "";
        }
    }
}
