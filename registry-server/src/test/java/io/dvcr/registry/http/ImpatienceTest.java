package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.ZeroOutput;
import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Upload;
import io.dvcr.storage.content.UploadId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slower than a server with very little patience puts up with. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImpatienceTest {
    private static final byte[] LARGE = new byte[32 << 20]; // more than all buffers on the way hold
    private static final Digest LARGE_DIGEST = Digest.sha256(LARGE);
    private static final RepositoryName NAME = RepositoryName.parse("slow");

    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        Path nowhere = Path.of("/no/such/qemu");
        TransferLimits impatient = new TransferLimits(
                Duration.ofMillis(500), Duration.ofMillis(800), Duration.ofMillis(1000), 100_000, Duration.ofHours(1));
        server = TestServer.start(
                directory,
                new QemuTools(nowhere, new Account.Own()),
                HttpSettings.DEFAULTS.with(impatient),
                Route.of(Method.GET, "/slow-handler", Access.open(), _ -> {
                    pause(Duration.ofMillis(2500));
                    return Reply.text(200, "done\n");
                }),
                Route.of(
                        Method.GET,
                        "/stream",
                        Access.open(),
                        _ -> Reply.of(200, new Reply.Body.Stream(LARGE.length, target -> target.write(LARGE)))),
                Route.of(
                        Method.GET,
                        "/zeros",
                        Access.open(),
                        _ -> Reply.of(200, new Reply.Body.Stream(LARGE.length, ImpatienceTest::writeZeros))));
        try (Upload upload = server.content()
                .uploads()
                .begin(NAME, Algorithm.SHA256)) { // not over HTTP: that takes a while here and there
            upload.append(new ByteArrayInputStream(LARGE), LARGE.length);
            upload.commit(LARGE_DIGEST);
        }
    }

    private static void writeZeros(OutputStream target) throws IOException {
        ((ZeroOutput) target).writeZeros(LARGE.length);
    }

    /** A new upload. */
    private static UploadId begin() throws IOException {
        try (Upload upload = server.content().uploads().begin(NAME, Algorithm.SHA256)) {
            return upload.id();
        }
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void who_connects_and_says_nothing_is_hung_up_on() throws IOException {
        try (RawClient client = new RawClient(server)) {
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void who_sends_the_head_of_a_request_byte_by_byte_is_hung_up_on() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send("GET /healthz HTTP/1.1\r\nHost: registry\r\nX: ".getBytes(US_ASCII));
            assertThatThrownBy(() -> {
                        while (true) {
                            client.send(new byte[] {'a'});
                            TestServer.pause();
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    @Test
    void who_has_had_a_reply_and_asks_for_nothing_more_is_hung_up_on() throws IOException {
        try (RawClient client = new RawClient(server)) {
            assertThat(client.head("GET /healthz HTTP/1.1").reply().status()).isEqualTo(200);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void who_stops_in_the_middle_of_a_body_is_told_so() throws IOException {
        UploadId upload = begin();
        try (RawClient client = new RawClient(server)) {
            client.head("PATCH /v2/slow/blobs/uploads/" + upload + " HTTP/1.1", "Content-Length: 1000")
                    .send(new byte[999]);
            RawReply reply = client.reply();
            assertThat(reply.status()).isEqualTo(408);
            assertThat(reply.body()).contains("\"errors\"", "too slowly");
            assertThat(reply.header("Connection")).isEqualTo("close");
            assertThat(client.isClosedByServer()).isTrue();
        }
        assertThat(server.content().uploads().offset(NAME, upload)).isEqualTo(999);
    }

    @Test
    void who_drips_a_body_is_told_so_too() throws Exception {
        UploadId upload = begin();
        Future<?> dripping;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try (RawClient client = new RawClient(server)) {
                client.head("PATCH /v2/slow/blobs/uploads/" + upload + " HTTP/1.1", "Content-Length: 1000000");
                dripping = threads.submit(() -> {
                    while (true) {
                        client.send(new byte[1]);
                        TestServer.pause();
                    }
                });
                assertThat(client.reply().status()).isEqualTo(408);
            }
            assertThatThrownBy(dripping::get).hasCauseInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stream", "/zeros", "blob"})
    void who_does_not_read_what_they_asked_for_is_cut_off(String what) throws IOException {
        String path = what.equals("blob") ? "/v2/slow/blobs/" + LARGE_DIGEST : what;
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(64 * 1024);
            socket.connect(server.address());
            socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            while (server.http().connections() > 0) {
                TestServer.pause();
            }
            assertThat(bytesLeft(in)).isLessThan(LARGE.length);
        }
    }

    private static long bytesLeft(InputStream in) {
        byte[] buffer = new byte[64 * 1024];
        long count = 0;
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                count += read;
            }
        } catch (IOException reset) {
            return count;
        }
        return count;
    }

    @Test
    void what_is_left_of_a_refused_body_is_not_waited_for_long() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.head("PUT /nowhere HTTP/1.1", "Content-Length: 1000").send(new byte[10]);
            assertThat(client.reply().status()).isEqualTo(404);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void nobody_hurries_a_handler() throws IOException {
        try (RawClient client = new RawClient(server)) {
            assertThat(client.head("GET /slow-handler HTTP/1.1").reply().body()).isEqualTo("done\n");
        }
    }

    @Test
    void a_slow_client_that_is_fast_enough_is_served() throws IOException {
        byte[] content = new byte[400_000];
        try (RawClient client = new RawClient(server)) {
            client.head(
                    "POST /v2/slow/blobs/uploads/?digest=" + Digest.sha256(content) + " HTTP/1.1",
                    "Content-Length: " + content.length);
            for (int i = 0; i < 20; i++) {
                client.send(new byte[content.length / 20]);
                pause(Duration.ofMillis(100));
            }
            assertThat(client.reply().status()).isEqualTo(201);
        }
    }
}
