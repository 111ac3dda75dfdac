package io.dvcr.registry.http;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
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

/** Clients that are slow, cut off, rude or many; handlers that fail. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConnectionTest {
    private static final byte[] LARGE = large();
    private static final Digest LARGE_DIGEST = Digest.sha256(LARGE);

    private static TestServer server;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        Path nowhere = Path.of("/no/such/qemu");
        server = TestServer.start(
                directory,
                new QemuTools(nowhere, new Account.Own()),
                Route.of(Method.GET, "/broken/runtime", Access.open(), _ -> {
                    throw new IllegalStateException("secret");
                }),
                Route.of(Method.GET, "/broken/io", Access.open(), _ -> {
                    throw new IOException("secret");
                }),
                Route.of(Method.GET, "/broken/error", Access.open(), _ -> {
                    throw new StackOverflowError("secret");
                }),
                Route.of(Method.GET, "/v2/broken/tags/list", Access.open(), _ -> {
                    throw new IllegalStateException("secret");
                }),
                Route.of(Method.GET, "/full", Access.open(), _ -> {
                    throw new FileSystemException("/secret", null, "No space left on device");
                }),
                Route.of(Method.GET, "/v2/full/tags/list", Access.open(), _ -> {
                    throw new IOException("packs", new IOException("/secret: Disk quota exceeded"));
                }),
                Route.of(
                        Method.GET,
                        "/broken/middle",
                        Access.open(),
                        _ -> Reply.of(200, new Reply.Body.Stream(1 << 20, target -> {
                            target.write(new byte[1 << 19]);
                            throw new IOException("the disk is damaged");
                        }))),
                Route.of(
                        Method.GET,
                        "/stream",
                        Access.open(),
                        _ -> Reply.of(200, new Reply.Body.Stream(LARGE.length, target -> {
                            for (int i = 0; i < LARGE.length; i += 1 << 16) {
                                target.write(LARGE, i, Math.min(1 << 16, LARGE.length - i));
                            }
                        }))));
        server.pushBlob("large", LARGE);
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    private static byte[] large() {
        byte[] large = new byte[8_000_000];
        new Random(1).nextBytes(large);
        return large;
    }

    private static String begin() throws IOException {
        return header(server.send("POST", "/v2/slow/blobs/uploads/"), "Location");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PUT /v2/a/manifests/x", // too large, and no media type
                "PUT /v2/A/manifests/x",
                "POST /no/such/path",
                "POST /healthz",
                "POST /api/v1/imports",
                "PATCH /v2/a/blobs/uploads/11111111-2222-3333-4444-555555555555",
                "POST /v2/a/blobs/uploads/?digest=sha256:abc",
                "GET /v2/",
            })
    void a_refused_request_with_a_large_body_gets_its_answer_and_the_connection_goes_on(String request)
            throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.head(request + " HTTP/1.1", "Content-Length: " + LARGE.length)
                    .send(LARGE);
            RawReply reply = client.reply();
            assertThat(reply.status()).isEqualTo(request.startsWith("GET") ? 200 : reply.status());
            assertThat(reply.status() / 100).isIn(2, 4);
            assertThat(client.head("GET /healthz HTTP/1.1").reply().body()).isEqualTo("ok\n");
        }
    }

    @Test
    void an_ordinary_client_sees_why_its_large_body_was_refused() throws IOException {
        for (int i = 0; i < 10; i++) {
            HttpResponse<byte[]> reply =
                    server.send("PUT", "/v2/a/manifests/x", LARGE, "Content-Type", Manifest.OCI_MANIFEST);
            assertOciError(reply, 413, "SIZE_INVALID");
        }
    }

    @Test
    void a_small_body_that_nobody_reads_never_costs_the_connection() throws IOException {
        try (RawClient client = new RawClient(server)) {
            for (int i = 0; i < 300; i++) {
                client.head("POST /no/such/path HTTP/1.1", "Content-Length: 5").send("hello".getBytes(US_ASCII));
                assertThat(client.reply().status()).isEqualTo(404);
            }
        }
    }

    @Test
    void a_client_that_asks_before_it_sends_is_told_to_go_on() throws IOException {
        byte[] content = "hello".getBytes(US_ASCII);
        try (RawClient client = new RawClient(server)) {
            client.head(
                    "POST /v2/expect/blobs/uploads/?digest=" + Digest.sha256(content) + " HTTP/1.1",
                    "Expect: 100-continue",
                    "Content-Length: 5");
            assertThat(client.reply().status()).isEqualTo(100);
            assertThat(client.send(content).reply().status()).isEqualTo(201);
        }
        HttpRequest request = HttpRequest.newBuilder(server.url("/v2/a/manifests/x"))
                .expectContinue(true)
                .PUT(BodyPublishers.ofByteArray(LARGE))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(TestServer.send(client, request).statusCode()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/",
                "/healthz",
                "/api/v1/images",
                "/api/v1/imports",
                "/v2/_catalog",
                "/v2/large/tags/list",
                "/nowhere"
            })
    void a_head_says_what_a_get_would(String path) throws IOException {
        HttpResponse<byte[]> get = server.get(path);
        try (RawClient client = new RawClient(server)) {
            RawReply head = client.head("HEAD " + path + " HTTP/1.1").replyToHead();
            assertThat(head.status()).isEqualTo(get.statusCode());
            assertThat(head.header("Content-Length")).isEqualTo(header(get, "Content-Length"));
            assertThat(head.header("Content-Type")).isEqualTo(header(get, "Content-Type"));
            assertThat(client.head("GET /healthz HTTP/1.1").reply().body()).isEqualTo("ok\n");
        }
    }

    @Test
    void requests_that_come_before_their_predecessors_reply_are_answered_in_order() throws IOException {
        try (RawClient client = new RawClient(server)) {
            client.send(("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n"
                            + "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                            + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                    .getBytes(US_ASCII));
            assertThat(client.reply().body()).isEqualTo("ok\n");
            assertThat(client.reply().body()).isEqualTo("{}");
            assertThat(client.reply().status()).isEqualTo(404);
            assertThat(client.reply().body()).isEqualTo("ok\n");
        }
    }

    @Test
    void an_upload_keeps_what_came_before_its_client_was_cut_off() throws IOException {
        String location = begin();
        try (RawClient client = new RawClient(server)) {
            client.head("PATCH " + location + " HTTP/1.1", "Content-Length: " + LARGE.length)
                    .send(Arrays.copyOf(LARGE, 5_000_000));
        }
        HttpResponse<byte[]> reply = resume(location);
        while (reply.statusCode() != 201) { // the request that was cut off may still be there
            assertThat(reply.statusCode()).isIn(409, 416);
            TestServer.pause();
            reply = resume(location);
        }
    }

    private static HttpResponse<byte[]> resume(String location) throws IOException {
        String range = header(server.get(location), "Range");
        int offset = range.matches("0-[1-9]\\d*") ? Integer.parseInt(range.substring(2)) + 1 : 0;
        assertThat(offset).isBetween(0, 5_000_000);
        return server.send(
                "PUT",
                location + "?digest=" + LARGE_DIGEST,
                Arrays.copyOfRange(LARGE, offset, LARGE.length),
                "Content-Range",
                offset + "-" + (LARGE.length - 1));
    }

    @Test
    void a_chunked_body_that_is_not_well_formed_is_not_taken_for_a_whole_one() throws IOException {
        String location = begin();
        try (RawClient client = new RawClient(server)) {
            client.head(
                            "PUT " + location + "?digest=" + Digest.sha256("hello".getBytes(US_ASCII)) + " HTTP/1.1",
                            "Transfer-Encoding: chunked")
                    .send("5\r\nhello\r\nnonsense\r\n\r\n".getBytes(US_ASCII));
            assertThatThrownBy(() -> assertThat(client.reply().status()).isGreaterThanOrEqualTo(400))
                    .isInstanceOf(IOException.class);
        } catch (AssertionError answered) {
            assertThat(answered).hasMessageContaining("Expecting code to raise a throwable");
        }
        HttpResponse<byte[]> blob = server.get("/v2/slow/blobs/" + Digest.sha256("hello".getBytes(US_ASCII)));
        assertThat(blob.statusCode()).isEqualTo(404);
    }

    @Test
    void a_client_may_send_byte_by_byte() throws Exception {
        byte[] content = "hello, slowly".getBytes(US_ASCII);
        try (RawClient client = new RawClient(server)) {
            client.head(
                    "POST /v2/slow/blobs/uploads/?digest=" + Digest.sha256(content) + " HTTP/1.1",
                    "Content-Length: " + content.length);
            for (byte b : content) {
                client.send(new byte[] {b});
                TestServer.pause();
            }
            assertThat(client.reply().status()).isEqualTo(201);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stream", "blob"})
    void a_client_may_read_slowly(String what) throws Exception {
        String path = what.equals("blob") ? "/v2/large/blobs/" + LARGE_DIGEST : what;
        HttpRequest request = HttpRequest.newBuilder(server.url(path)).build();
        try (HttpClient client = HttpClient.newHttpClient();
                InputStream in =
                        client.send(request, BodyHandlers.ofInputStream()).body()) {
            byte[] begin = in.readNBytes(100_000);
            Thread.sleep(300);
            byte[] rest = in.readAllBytes();
            assertThat(begin).isEqualTo(Arrays.copyOf(LARGE, 100_000));
            assertThat(rest).isEqualTo(Arrays.copyOfRange(LARGE, 100_000, LARGE.length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stream", "blob"})
    void clients_that_go_away_in_the_middle_do_no_harm(String what) throws IOException {
        String path = what.equals("blob") ? "/v2/large/blobs/" + LARGE_DIGEST : what;
        for (int i = 0; i < 20; i++) {
            try (Socket socket =
                    new Socket(server.address().getAddress(), server.address().getPort())) {
                socket.setSoLinger(true, i % 2 == 0 ? 0 : 1);
                socket.getOutputStream().write(("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(US_ASCII));
                assertThat(socket.getInputStream().readNBytes(1000)).hasSize(1000);
            }
        }
        assertThat(server.get("/stream").body()).isEqualTo(LARGE);
    }

    @Test
    void many_clients_are_served_at_once() throws Exception {
        List<Future<Integer>> replies = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                replies.add(threads.submit(() -> {
                    try (RawClient client = new RawClient(server)) {
                        return client.head("GET /healthz HTTP/1.1").reply().status();
                    }
                }));
            }
        }
        for (Future<Integer> reply : replies) {
            assertThat(reply.get()).isEqualTo(200);
        }
    }

    @Test
    void a_client_that_would_rather_speak_http_2_pushes_and_pulls() throws IOException {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            for (int i = 0; i < 3; i++) {
                byte[] content = Arrays.copyOf(LARGE, 5_000_000 + i);
                Digest digest = Digest.sha256(content);
                HttpRequest push = HttpRequest.newBuilder(server.url("/v2/two/blobs/uploads/?digest=" + digest))
                        .POST(BodyPublishers.ofByteArray(content))
                        .build();
                assertThat(TestServer.send(client, push).statusCode()).isEqualTo(201);
                HttpRequest pull = HttpRequest.newBuilder(server.url("/v2/two/blobs/" + digest))
                        .build();
                assertThat(TestServer.send(client, pull).body()).isEqualTo(content);
                HttpRequest refused = HttpRequest.newBuilder(server.url("/nowhere"))
                        .POST(BodyPublishers.ofByteArray(content))
                        .build();
                assertThat(TestServer.send(client, refused).statusCode()).isEqualTo(404);
            }
        }
    }

    @Test
    void a_client_of_http_1_0_gets_its_reply_and_the_end_of_the_connection() throws IOException {
        try (RawClient client = new RawClient(server)) {
            assertThat(client.head("GET /healthz HTTP/1.0").reply().body()).isEqualTo("ok\n");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/broken/runtime", "/broken/io", "/broken/error"})
    void a_failure_of_ours_says_nothing_of_our_insides(String path) throws IOException {
        HttpResponse<byte[]> reply = server.get(path);
        assertProblem(reply, 500, "internal error; the server's log says more");
        assertThat(TestServer.text(reply)).doesNotContain("secret");
    }

    @Test
    void a_failure_of_ours_under_the_registry_is_an_oci_error() throws IOException {
        HttpResponse<byte[]> reply = server.get("/v2/broken/tags/list");
        assertOciError(reply, 500, "UNKNOWN");
        assertThat(TestServer.text(reply)).doesNotContain("secret");
    }

    @Test
    void a_full_disk_is_told_as_one_and_of_our_insides_nothing() throws IOException {
        HttpResponse<byte[]> problem = server.get("/full");
        assertProblem(problem, 507, "storage is full");
        HttpResponse<byte[]> error = server.get("/v2/full/tags/list");
        assertOciError(error, 507, "STORAGE_FULL");
        assertThat(TestServer.text(problem) + TestServer.text(error)).doesNotContain("secret");
    }

    @Test
    void a_body_that_fails_in_the_middle_is_not_taken_for_a_whole_one() {
        assertThatThrownBy(() -> server.get("/broken/middle")).isInstanceOf(IOException.class);
    }
}
