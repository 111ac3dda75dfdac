package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ShutdownTest {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    private HttpServer server(Duration grace) throws IOException {
        HttpSettings standard = HttpSettings.DEFAULTS;
        HttpSettings settings = new HttpSettings(
                standard.load(),
                standard.transfers(),
                standard.maxTargetBytes(),
                standard.maxHeaderBytes(),
                standard.trustedProxies(),
                grace);
        HttpServer server = HttpServer.start(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                settings,
                Optional.empty(),
                RequestObserver.NONE);
        server.route(
                Guard.NONE,
                List.of(
                        Route.of(Method.GET, "/fast", Access.open(), _ -> Reply.text(200, "fast\n")),
                        Route.of(Method.GET, "/slow", Access.open(), _ -> {
                            arrived.countDown();
                            return Reply.text(200, waited());
                        }),
                        Route.of(Method.PUT, "/length", Access.open(), request -> {
                            arrived.countDown();
                            return Reply.text(200, request.body().readAllBytes().length + "\n");
                        })));
        return server;
    }

    private String waited() {
        try {
            ended.complete(released.await(20, TimeUnit.SECONDS) ? "released\n" : "forgotten\n");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended.complete("interrupted\n");
        }
        return ended.join();
    }

    @Test
    void what_is_under_way_is_finished_and_nothing_new_is_begun() throws Exception {
        HttpServer server = server(Duration.ofSeconds(20));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RawClient idle = new RawClient(server.address());
                RawClient pulling = new RawClient(server.address());
                RawClient pushing = new RawClient(server.address())) {
            assertThat(idle.head("GET /fast HTTP/1.1").reply().body()).isEqualTo("fast\n");
            pulling.head("GET /slow HTTP/1.1");
            pushing.head("PUT /length HTTP/1.1", "Content-Length: 5").send("he".getBytes(US_ASCII));
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            while (server.connections() < 3) {
                TestServer.pause();
            }

            Future<?> closing = threads.submit(server::close);
            assertThat(idle.isClosedByServer()).isTrue();
            assertThat(server.isStopping()).isTrue();
            while (isLetIn(server)) {
                TestServer.pause();
            }
            assertThat(closing.isDone()).isFalse();

            assertThat(pushing.send("llo".getBytes(US_ASCII)).reply().body()).isEqualTo("5\n");
            released.countDown();
            RawClient.RawReply last = pulling.reply();
            assertThat(last.body()).isEqualTo("released\n");
            assertThat(last.header("Connection")).isEqualTo("close");
            assertThat(pulling.isClosedByServer()).isTrue();
            closing.get();
        }
    }

    private static boolean isLetIn(HttpServer server) throws IOException {
        try (RawClient _ = new RawClient(server.address())) {
            return true;
        } catch (ConnectException refused) {
            return false;
        }
    }

    @Test
    void who_takes_longer_than_the_grace_is_cut_off() throws Exception {
        HttpServer server = server(Duration.ofMillis(200));
        try (RawClient pulling = new RawClient(server.address())) {
            pulling.head("GET /slow HTTP/1.1");
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            server.close();
            assertThat(pulling.isClosedByServer()).isTrue();
            assertThat(ended.get()).isEqualTo("interrupted\n");
        }
    }
}
