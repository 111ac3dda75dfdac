package io.dvcr.cli.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.registry.http.Guard;
import io.dvcr.registry.http.HttpServer;
import io.dvcr.registry.http.RequestObserver;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Resources.Admission;
import io.dvcr.virt.store.ResourceFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/** A server of resources, and of nothing else, for tests. */
public final class ResourceServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    public final ResourceFiles resources;
    private final HttpServer http;
    private final HttpClient client = HttpClient.newHttpClient();

    public ResourceServer(Path data, List<Admission> admissions) throws IOException {
        this(data, admissions, Guard.NONE);
    }

    public ResourceServer(Path data, List<Admission> admissions, Guard guard) throws IOException {
        resources = ResourceFiles.open(data, Kinds.ALL, Clock.systemUTC(), admissions);
        http = HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), RequestObserver.NONE);
        http.route(guard, ResourceRoutes.over(resources, Kinds.ALL));
    }

    /** A reply. */
    public record Answer(int status, List<String> warnings, JsonNode json) {
        String text(String pointer) {
            return json.at(pointer).asText();
        }
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + http.address().getPort());
    }

    Answer get(String path) throws IOException {
        return send("GET", path, "application/json", "");
    }

    Answer send(String method, String path, String contentType, String body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(url().resolve(path))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .header("Content-Type", contentType)
                .build();
        try {
            HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
            return new Answer(
                    response.statusCode(), response.headers().allValues("Warning"), JSON.readTree(response.body()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The lines of a watch, as they come; the watch ends when the stream is closed. */
    Stream<JsonNode> watch(String path) throws IOException {
        try {
            return client.send(HttpRequest.newBuilder(url().resolve(path)).build(), BodyHandlers.ofLines())
                    .body()
                    .filter(line -> !line.isEmpty())
                    .map(ResourceServer::json);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        resources.close(); // ends the watches
        http.close();
        client.close();
    }
}
