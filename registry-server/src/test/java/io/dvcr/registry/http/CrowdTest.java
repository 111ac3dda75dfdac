package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.AddressRange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More clients, and more of each, than a server takes. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CrowdTest {
    private static final String SLOW = "GET /slow HTTP/1.1";

    private final CountDownLatch arrived = new CountDownLatch(2);
    private final CountDownLatch released = new CountDownLatch(1);

    @TempDir
    private Path directory;

    private TestServer server(LoadLimits limits, AddressRange... trustedProxies) throws IOException {
        Path nowhere = Path.of("/no/such/qemu");
        HttpSettings standard = HttpSettings.DEFAULTS;
        HttpSettings settings = new HttpSettings(
                limits,
                standard.transfers(),
                standard.maxTargetBytes(),
                standard.maxHeaderBytes(),
                List.of(trustedProxies),
                standard.shutdownGrace());
        return TestServer.start(
                directory,
                new QemuTools(nowhere, new Account.Own()),
                settings,
                Route.of(Method.GET, "/slow", Access.open(), _ -> {
                    arrived.countDown();
                    await(released);
                    return Reply.text(200, "done\n");
                }));
    }

    @AfterEach
    void release() {
        released.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @Test
    void a_client_with_too_much_under_way_is_told_to_come_again() throws IOException {
        try (TestServer server = server(new LoadLimits(10, 10, Duration.ofSeconds(20), 2, 2));
                RawClient first = new RawClient(server);
                RawClient second = new RawClient(server);
                RawClient third = new RawClient(server)) {
            first.head(SLOW);
            second.head(SLOW);
            await(arrived);
            RawReply refused = third.head("GET /v2/ HTTP/1.1").reply();
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.body()).contains("\"code\":\"TOOMANYREQUESTS\"");
            assertThat(third.head("GET /api/v1/images HTTP/1.1").reply().header("Content-Type"))
                    .isEqualTo("application/problem+json");
            assertThat(third.head("GET /healthz HTTP/1.1").reply().status()).isEqualTo(200);

            released.countDown();
            assertThat(first.reply().status()).isEqualTo(200);
            assertThat(second.reply().status()).isEqualTo(200);
            while (third.head("GET /v2/ HTTP/1.1").reply().status() != 200) {
                TestServer.pause();
            }
        }
    }

    @Test
    void a_server_with_too_much_under_way_says_so() throws IOException {
        try (TestServer server = server(new LoadLimits(10, 2, Duration.ofMillis(50), 10, 10));
                RawClient first = new RawClient(server);
                RawClient second = new RawClient(server);
                RawClient third = new RawClient(server)) {
            first.head(SLOW);
            second.head(SLOW);
            await(arrived);
            RawReply refused = third.head("GET /v2/ HTTP/1.1").reply();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.body()).contains("\"code\":\"UNAVAILABLE\"");
            assertThat(third.head("GET /healthz HTTP/1.1").reply().status()).isEqualTo(200);

            released.countDown();
            assertThat(first.reply().status()).isEqualTo(200);
            assertThat(second.reply().status()).isEqualTo(200);
            assertThat(third.head("GET /v2/ HTTP/1.1").reply().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void behind_a_trusted_proxy_everyone_has_their_own_share(boolean trusted) throws IOException {
        LoadLimits limits = new LoadLimits(10, 10, Duration.ofSeconds(20), 2, 2);
        AddressRange proxy = AddressRange.parse(trusted ? "127.0.0.1" : "127.0.0.2");
        try (TestServer server = server(limits, proxy);
                RawClient first = new RawClient(server);
                RawClient second = new RawClient(server);
                RawClient third = new RawClient(server)) {
            first.head(SLOW, "X-Forwarded-For: 203.0.113.1");
            second.head(SLOW, "X-Forwarded-For: 203.0.113.1");
            await(arrived);
            int status = third.head("GET /v2/ HTTP/1.1", "X-Forwarded-For: 203.0.113.2")
                    .reply()
                    .status();
            assertThat(status).isEqualTo(trusted ? 200 : 429);
            released.countDown();
            assertThat(first.reply().status()).isEqualTo(200);
            assertThat(second.reply().status()).isEqualTo(200);
        }
    }

    @Test
    void who_connects_when_there_are_too_many_is_hung_up_on() throws IOException {
        try (TestServer server = server(new LoadLimits(2, 10, Duration.ofSeconds(20), 10, 10));
                RawClient second = new RawClient(server)) {
            try (RawClient first = new RawClient(server)) {
                assertThat(first.head("GET /v2/ HTTP/1.1").reply().status()).isEqualTo(200);
                assertThat(second.head("GET /v2/ HTTP/1.1").reply().status()).isEqualTo(200);
                try (RawClient third = new RawClient(server)) {
                    assertThat(third.isClosedByServer()).isTrue();
                }
            }
            while (server.http().connections() > 1) {
                TestServer.pause();
            }
            try (RawClient third = new RawClient(server)) {
                assertThat(third.head("GET /v2/ HTTP/1.1").reply().status()).isEqualTo(200);
            }
        }
    }
}
