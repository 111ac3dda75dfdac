package io.dvcr.registry.observe;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.TestServer;
import io.dvcr.registry.TestServer.Setup;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.object.ObservedStore;
import io.dvcr.storage.object.StoreObserver.Action;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class HealthTest {
    @TempDir
    private Path directory;

    @Test
    void a_server_whose_store_works_is_ready() throws IOException {
        try (TestServer server = TestServer.start(directory, Setup.PLAIN)) {
            HttpResponse<byte[]> reply = server.get("/readyz");

            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(json(reply)).hasToString("{\"ready\":true,\"checks\":{\"storage\":\"ok\",\"server\":\"ok\"}}");
            assertThat(directory.resolve("store/probe/readiness")).doesNotExist();
        }
    }

    @Test
    void a_server_whose_store_cannot_be_written_is_alive_but_not_ready_until_it_can() throws IOException {
        AtomicBoolean full = new AtomicBoolean();
        Setup setup = Setup.PLAIN.with((ObjectStore store) -> new ObservedStore(store, action -> {
            if (full.get() && action == Action.PUT) {
                throw new UncheckedIOException(new IOException("No space left on device"));
            }
            return _ -> {};
        }));
        try (TestServer server = TestServer.start(directory, setup)) {
            full.set(true);

            HttpResponse<byte[]> reply = server.get("/readyz");
            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(json(reply).path("checks").path("storage").asText()).isEqualTo("cannot be written");
            assertThat(header(reply, "Retry-After")).isEqualTo("5");
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);

            full.set(false);
            awaitReady(server);
        }
    }

    @Test
    void a_store_that_hangs_is_asked_once_and_not_waited_for() throws IOException {
        CountDownLatch stuck = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Setup setup = Setup.PLAIN.with((ObjectStore store) -> new ObservedStore(store, action -> {
            if (action == Action.PUT) {
                asked.incrementAndGet();
                await(stuck);
            }
            return _ -> {};
        }));
        try (TestServer server = TestServer.start(directory, setup)) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> reply = server.get("/readyz");
                assertThat(reply.statusCode()).isEqualTo(503);
                assertThat(json(reply).path("checks").path("storage").asText()).isEqualTo("does not answer");
            }
            assertThat(asked).hasValue(1);

            stuck.countDown();
            awaitReady(server);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitReady(TestServer server) throws IOException {
        while (server.get("/readyz").statusCode() != 200) { // the test's timeout ends it
            TestServer.pause();
        }
    }

    @Test
    void a_server_that_is_about_to_end_is_not_ready() throws IOException {
        try (TestServer server = TestServer.start(directory, Setup.PLAIN)) {
            server.readiness().end();

            HttpResponse<byte[]> reply = server.get("/readyz");
            assertThat(reply.statusCode()).isEqualTo(503);
            assertThat(json(reply).path("checks").path("server").asText()).isEqualTo("shutting down");
            assertThat(server.get("/healthz").statusCode()).isEqualTo(200);
        }
    }
}
