package io.dvcr.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Passes requests on to a registry, and spoils the answers to some of them. */
final class FaultyProxy implements Closeable {
    private static final Set<String> HEADERS =
            Set.of("content-type", "content-range", "location", "docker-content-digest");

    private final TestServer server;
    private final Fault fault;
    private final Predicate<String> where;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> requests = new CopyOnWriteArrayList<>();

    /** What happens to an answer. */
    enum Fault {
        /** Whole blobs, whatever range was asked for. */
        IGNORES_RANGES,
        /** Only half of it comes before the connection is cut, every other time. */
        CUTS,
        /** Half of it comes, and then nothing, every other time. */
        STALLS,
        /** 503, every other time. */
        UNAVAILABLE,
        /** 403. */
        REFUSES,
        /** One byte in the middle is another. */
        LIES
    }

    /** @param where tells by method and path which requests are spoilt, such as {@code GET /v2/a/blobs/sha256:…} */
    FaultyProxy(TestServer server, Fault fault, Predicate<String> where) throws IOException {
        this.server = server;
        this.fault = fault;
        this.where = where;
        this.http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        this.http.createContext("/", this::pass);
        this.http.setExecutor(threads);
        this.http.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + http.getAddress().getPort());
    }

    /** Method and path of all that came. */
    List<String> requests() {
        return requests;
    }

    private void pass(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request);
        boolean spoilt = where.test(request) && (isConstant() || requests.size() % 2 == 1);
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (spoilt && (fault == Fault.UNAVAILABLE || fault == Fault.REFUSES)) {
            exchange.sendResponseHeaders(fault == Fault.REFUSES ? 403 : 503, -1);
            exchange.close();
            return;
        }
        List<String> range = exchange.getRequestHeaders().getOrDefault("Range", List.of());
        String[] headers = range.isEmpty() || (spoilt && fault == Fault.IGNORES_RANGES)
                ? new String[] {"X-Proxy", "1"}
                : new String[] {"Range", range.getFirst()};
        HttpResponse<byte[]> answer = server.send(
                exchange.getRequestMethod(), exchange.getRequestURI().toString(), body, headers);
        answer(exchange, answer, spoilt);
    }

    private boolean isConstant() {
        return fault == Fault.IGNORES_RANGES || fault == Fault.REFUSES || fault == Fault.LIES;
    }

    private void answer(HttpExchange exchange, HttpResponse<byte[]> answer, boolean spoilt) throws IOException {
        answer.headers().map().forEach((name, values) -> {
            if (HEADERS.contains(name)) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        byte[] body = answer.body();
        if (spoilt && fault == Fault.LIES) {
            body[body.length / 2]++;
        }
        exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
        if (spoilt && (fault == Fault.CUTS || fault == Fault.STALLS) && body.length > 1) {
            OutputStream out = exchange.getResponseBody();
            out.write(body, 0, body.length / 2);
            out.flush();
            if (fault == Fault.CUTS) {
                exchange.close();
            }
            return;
        }
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
