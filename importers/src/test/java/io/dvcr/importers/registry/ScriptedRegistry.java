package io.dvcr.importers.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dvcr.storage.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A registry on loopback that has what it is given and misbehaves as it is told. Its one repository is {@code vms/disk}.
 */
final class ScriptedRegistry implements Closeable {
    static final String REPOSITORY = "vms/disk";

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final HttpServer server;
    private final Map<String, byte[]> content = new ConcurrentHashMap<>();
    private final Map<String, String> redirects = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile Optional<String> challenge = Optional.empty();
    private volatile Optional<String> expected = Optional.empty();
    private volatile int cutAfter = Integer.MAX_VALUE;

    ScriptedRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    String host() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was asked: path, range if there was one, and what was shown for authorization, with blanks between. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    /** Serves {@code bytes} at {@code path}. */
    void put(String path, byte[] bytes) {
        content.put(path, bytes);
    }

    void redirect(String path, String location) {
        redirects.put(path, location);
    }

    /** Answers nobody who does not show {@code authorization}. */
    void want(String authenticate, String authorization) {
        challenge = Optional.of(authenticate);
        expected = Optional.of(authorization);
    }

    /** Cuts the next answer after so many bytes. */
    void cutOnceAfter(int bytes) {
        cutAfter = bytes;
    }

    static String blobPath(Digest digest) {
        return "/v2/" + REPOSITORY + "/blobs/" + digest;
    }

    /** Pushes {@code layer} as the one layer of an artifact; its digest can be another than that of what is served. */
    byte[] artifact(String tag, byte[] layer, Digest named) {
        byte[] manifest = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},
                 "layers":[{"mediaType":"application/vnd.example.disk.image","digest":"%s","size":%d}]}
                """.formatted(Digest.sha256("{}".getBytes(UTF_8)), named, layer.length)
                .getBytes(UTF_8);
        put("/v2/" + REPOSITORY + "/manifests/" + tag, manifest);
        put(blobPath(named), layer);
        return manifest;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Optional<String> shown =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
            Optional<String> range =
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"));
            requests.add(path
                    + range.map(text -> " " + text).orElse("")
                    + shown.map(text -> " " + text).orElse(""));
            if (expected.isPresent() && !expected.equals(shown) && path.startsWith("/v2/")) {
                exchange.getResponseHeaders().set("WWW-Authenticate", challenge.orElseThrow());
                exchange.sendResponseHeaders(401, -1);
            } else if (redirects.containsKey(path)) {
                exchange.getResponseHeaders().set("Location", redirects.get(path));
                exchange.sendResponseHeaders(307, -1);
            } else if (content.containsKey(path)) {
                send(exchange, content.get(path), range);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void send(HttpExchange exchange, byte[] bytes, Optional<String> range) throws IOException {
        byte[] sent = bytes;
        if (range.isPresent()) {
            Matcher matcher = RANGE.matcher(range.get());
            int start = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
            sent = Arrays.copyOfRange(bytes, start, bytes.length);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + start + "-" + (bytes.length - 1) + "/*");
        }
        exchange.sendResponseHeaders(range.isPresent() ? 206 : 200, sent.length);
        int whole = Math.min(sent.length, cutAfter);
        if (range.isPresent()) {
            cutAfter = Integer.MAX_VALUE;
        }
        exchange.getResponseBody().write(sent, 0, range.isPresent() ? whole : sent.length);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
