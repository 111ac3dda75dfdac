package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestObserverTest {
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private HttpServer server;

    record Seen(RequestHead head, RequestEnd end) {}

    @BeforeEach
    void start() throws IOException {
        RequestObserver recorder = head -> end -> seen.add(new Seen(head, end));
        server = HttpServer.start(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), recorder);
        server.route(
                Guard.NONE,
                List.of(
                        Route.of(Method.POST, "/echo/(?<word>[^/]+)", Access.open(), request -> {
                            byte[] body = request.body().readAllBytes();
                            return Reply.text(201, request.pathParameter("word") + new String(body, UTF_8));
                        }),
                        Route.of(Method.GET, "/missing/(?<word>.+)", Access.open(), request -> {
                            throw new RegistryException(new NotFound(request.path()));
                        }),
                        Route.of(Method.GET, "/broken", Access.open(), _ -> {
                            throw new IOException("the disk is gone");
                        }),
                        Route.of(
                                Method.GET,
                                "/endless",
                                Access.open(),
                                _ -> Reply.of(200, new Reply.Body.Stream(1L << 40, out -> {
                                    while (true) {
                                        out.write(new byte[1 << 16]);
                                    }
                                })))));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void a_request_is_seen_with_its_route_its_status_and_its_bytes() throws Exception {
        send("POST", "/echo/hello?x=y", "12345");

        Seen request = next();
        assertThat(request.head().method()).isEqualTo("POST");
        assertThat(request.head().path()).isEqualTo("/echo/hello");
        assertThat(request.head().protocol()).isEqualTo("HTTP/1.1");
        assertThat(request.head().client().address().isLoopbackAddress()).isTrue();
        assertThat(request.end().route()).isEqualTo("/echo/{word}");
        assertThat(request.end().status()).isEqualTo(201);
        assertThat(request.end().complete()).isTrue();
        assertThat(request.end().bytesReceived()).isEqualTo(5);
        assertThat(request.end().bytesSent()).isEqualTo(10);
        assertThat(request.end().duration()).isPositive();
    }

    @Test
    void an_error_belongs_to_the_route_that_made_it() throws Exception {
        send("GET", "/missing/a/b", "");
        assertThat(next().end())
                .extracting(RequestEnd::route, RequestEnd::status)
                .contains("/missing/{word}", 404);

        send("GET", "/broken", "");
        assertThat(next().end())
                .extracting(RequestEnd::route, RequestEnd::status)
                .contains("/broken", 500);
    }

    @Test
    void what_no_route_takes_has_none() throws Exception {
        send("GET", "/nowhere/at/all", "");
        assertThat(next().end())
                .extracting(RequestEnd::route, RequestEnd::status)
                .contains("(none)", 404);

        send("DELETE", "/broken", "");
        assertThat(next().end())
                .extracting(RequestEnd::route, RequestEnd::status)
                .contains("(none)", 405);
    }

    @Test
    void a_client_that_goes_away_leaves_an_incomplete_request() throws Exception {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream().write("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8));
            assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
        }

        RequestEnd end = next().end();
        assertThat(end.route()).isEqualTo("/endless");
        assertThat(end.complete()).isFalse();
        assertThat(end.bytesSent()).isPositive().isLessThan(1L << 40);
    }

    @Test
    void a_request_id_is_made_and_returned() throws Exception {
        HttpResponse<String> first = send("GET", "/nowhere", "");
        HttpResponse<String> second = send("GET", "/nowhere", "");

        assertThat(idOf(first)).isEqualTo(next().head().id()).matches("[0-9a-f]{32}");
        assertThat(idOf(second)).isEqualTo(next().head().id()).isNotEqualTo(idOf(first));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "Root=1-67891233-abcdef012345678912345678"})
    void the_client_s_own_request_id_is_kept(String id) throws Exception {
        HttpResponse<String> reply = send("GET", "/nowhere", "", "X-Request-Id", id);

        assertThat(idOf(reply)).isEqualTo(id);
        assertThat(next().head().id()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"b", "-rf", "ü"})
    void a_request_id_that_could_forge_a_log_is_replaced(String id) throws Exception {
        HttpResponse<String> reply = send("GET", "/nowhere", "", "X-Request-Id", id);

        assertThat(idOf(reply)).matches("[0-9a-f]{32}");
    }

    @Test
    void a_request_id_that_is_too_long_is_replaced() throws Exception {
        HttpResponse<String> reply = send("GET", "/nowhere", "", "X-Request-Id", "a".repeat(129));

        assertThat(idOf(reply)).matches("[0-9a-f]{32}");
    }

    @Test
    void of_several_observers_the_first_to_begin_is_the_last_to_end() {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        RequestObserver both = RequestObserver.all(List.of(telling("outer", told), telling("inner", told)));
        RequestHead head = new RequestHead(
                "1",
                "GET",
                "/",
                "HTTP/1.1",
                new Client(InetAddress.getLoopbackAddress(), Optional.empty()),
                _ -> Optional.empty());

        both.begin(head).end(new RequestEnd("/", Optional.empty(), 200, true, 0, 0, Duration.ZERO));

        assertThat(told).containsExactly("outer begins", "inner begins", "inner ends", "outer ends");
    }

    private static RequestObserver telling(String name, BlockingQueue<String> told) {
        return _ -> {
            told.add(name + " begins");
            return _ -> told.add(name + " ends");
        };
    }

    private static String idOf(HttpResponse<String> reply) {
        return reply.headers().firstValue("X-Request-Id").orElse("(none)");
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.address().getPort() + path))
                .method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private Seen next() throws InterruptedException {
        Seen next = seen.poll(10, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next;
    }
}
