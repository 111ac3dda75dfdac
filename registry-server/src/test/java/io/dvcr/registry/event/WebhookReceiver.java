package io.dvcr.registry.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Somebody's server that takes events, well or badly. */
final class WebhookReceiver implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private volatile Manners manners = _ -> 204;

    /** An event as it came. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Received(Map<String, String> headers, byte[] body) {
        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        String header(String name) {
            return headers.getOrDefault(name, "(none)");
        }
    }

    /** Says with which status a post is answered; it may take its time. */
    @FunctionalInterface
    interface Manners {
        int answer(Received post) throws IOException, InterruptedException;
    }

    private WebhookReceiver(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    static WebhookReceiver start() throws IOException {
        return new WebhookReceiver(0);
    }

    /** One where another was. */
    static WebhookReceiver startAt(URI url) throws IOException {
        return new WebhookReceiver(url.getPort());
    }

    WebhookReceiver with(Manners others) {
        manners = others;
        return this;
    }

    private void take(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        Received post = new Received(headers, exchange.getRequestBody().readAllBytes());
        try {
            int status = manners.answer(post);
            received.add(post);
            exchange.sendResponseHeaders(status, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/events");
    }

    /** The next post, whatever it was answered with. */
    Received next() throws InterruptedException {
        @Nullable Received next = received.poll(20, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no event came");
        }
        return next;
    }

    /** Of the next posts: the type of each and what it is about. */
    List<String> types(int count) throws IOException, InterruptedException {
        List<String> types = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            JsonNode event = next().json();
            types.add(event.path("type").asText() + " " + event.path("subject").asText());
        }
        return types;
    }

    int waiting() {
        return received.size();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
