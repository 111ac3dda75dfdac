package io.dvcr.registry.mirror;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Stands before a registry: counts what goes through it, and holds, cuts and spoils the bodies of blobs. Thread-safe. */
final class UpstreamProxy implements Closeable {
    private static final Set<String> NOT_PASSED = Set.of("content-length", "connection", "transfer-encoding");

    private final URI registry;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong blobBytes = new AtomicLong();
    private final AtomicInteger cutsLeft = new AtomicInteger();
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile long gateAt;
    private volatile long cutAt;
    private volatile boolean lying;
    private volatile boolean down;
    private volatile int status;
    private volatile Map<String, String> headers = Map.of();

    UpstreamProxy(URI registry) throws IOException {
        this.registry = registry;
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        http.createContext("/", this::pass);
        http.setExecutor(threads);
        http.start();
    }

    /** As registries are named. */
    String host() {
        return "127.0.0.1:" + http.getAddress().getPort();
    }

    /** Has bodies of blobs wait, once so many bytes of one are through, until {@link #release}. */
    void hold(long bytes) {
        gateAt = bytes;
        gate = new CountDownLatch(1);
    }

    void release() {
        gate.countDown();
    }

    /** Has so many connections end once so many bytes of a blob are through. */
    void cut(long bytes, int times) {
        cutAt = bytes;
        cutsLeft.set(times);
    }

    void lie(boolean changed) {
        lying = changed;
    }

    void down(boolean changed) {
        down = changed;
    }

    /** Has every request answered so; 0 to pass them on again. */
    void answer(int changedStatus, Map<String, String> changedHeaders) {
        headers = changedHeaders;
        status = changedStatus;
    }

    /** Of those requests whose method and path begin so. */
    long count(String beginning) {
        return requests.stream().filter(it -> it.startsWith(beginning)).count();
    }

    /** Of bodies of blobs, through so far. */
    long blobBytes() {
        return blobBytes.get();
    }

    private void pass(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            if (down) {
                return;
            }
            if (status != 0) {
                headers.forEach(exchange.getResponseHeaders()::set);
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        registry.resolve(exchange.getRequestURI().toString()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.noBody());
        for (String name : List.of("Range", "Accept")) {
            exchange.getRequestHeaders().getOrDefault(name, List.of()).forEach(value -> request.header(name, value));
        }
        HttpResponse<InputStream> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        answer.headers().map().forEach((name, values) -> {
            if (!NOT_PASSED.contains(name) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        long length = answer.headers().firstValueAsLong("Content-Length").orElse(0);
        try (InputStream body = answer.body()) {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(length));
                exchange.sendResponseHeaders(answer.statusCode(), -1);
                return;
            }
            exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
            boolean isBlob = exchange.getRequestURI().getPath().contains("/blobs/");
            send(body, exchange.getResponseBody(), isBlob);
        }
    }

    private void send(InputStream body, OutputStream target, boolean isBlob) throws IOException, InterruptedException {
        byte[] buffer = new byte[16 << 10];
        long sent = 0;
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
            if (isBlob && lying) {
                buffer[0]++;
            }
            blobBytes.addAndGet(isBlob ? read : 0);
            target.write(buffer, 0, read);
            sent += read;
            if (isBlob) {
                if (sent >= gateAt) {
                    target.flush();
                    gate.await();
                }
                if (sent >= cutAt && cutsLeft.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    target.flush();
                    return; // without what was announced: the connection is cut
                }
            }
        }
    }

    @Override
    public void close() {
        release();
        http.stop(0);
        threads.shutdownNow();
        client.close();
    }
}
