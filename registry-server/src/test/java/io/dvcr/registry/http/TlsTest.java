package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.registry.TestServer;
import io.dvcr.registry.event.RegistryEvents;
import io.dvcr.registry.oci.OciRoutes;
import io.dvcr.registry.oci.OciSettings;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.object.FileSystemStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TlsTest {
    private static final byte[] LARGE = new byte[12_000_000];
    private static final Digest LARGE_DIGEST = large();

    @TempDir
    private static Path directory;

    private static TestIdentity first;
    private static TestIdentity second;
    private static TestIdentity alice;
    private static TestIdentity mallory;
    private static TlsSettings files;
    private static FileSystemStore store;
    private static HttpServer server;

    private static Digest large() {
        new Random(3).nextBytes(LARGE);
        return Digest.sha256(LARGE);
    }

    @BeforeAll
    static void start() throws Exception {
        first = TestIdentity.make("first", "EC");
        second = TestIdentity.make("second", "RSA");
        alice = TestIdentity.make("alice", "EC");
        mallory = TestIdentity.make("mallory", "EC");
        Path authorities = directory.resolve("clients.pem");
        Files.writeString(authorities, alice.certificatePem());
        files = new TlsSettings(directory.resolve("tls.crt"), directory.resolve("tls.key"), Optional.of(authorities));
        write(first);
        store = FileSystemStore.open(directory.resolve("store"));
        server = HttpServer.start(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                HttpSettings.DEFAULTS,
                Optional.of(files),
                RequestObserver.NONE);
        List<Route> routes = new ArrayList<>(
                OciRoutes.over(ContentStore.over(store, Clock.systemUTC()), OciSettings.DEFAULTS, RegistryEvents.NONE));
        routes.add(Route.of(
                Method.GET,
                "/who",
                Access.open(),
                request -> Reply.text(
                        200, request.client().certificate().map(TlsTest::name).orElse("nobody"))));
        routes.add(Route.of(
                Method.GET,
                "/host",
                Access.open(),
                request -> Reply.text(200, request.header("Host").orElse("none"))));
        server.route(Guard.NONE, routes);
    }

    private static String name(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().getName();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
        store.close();
    }

    private static void write(TestIdentity identity) throws Exception {
        Files.writeString(files.certificateChain(), identity.certificatePem());
        Files.writeString(files.privateKey(), identity.keyPem());
    }

    private static HttpClient client(Version version, Optional<TestIdentity> identity) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(TestIdentity.context(identity, first, second))
                .build();
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                URI.create("https://127.0.0.1:" + server.address().getPort() + path));
    }

    private static String who(Optional<TestIdentity> identity) throws Exception {
        try (HttpClient client = client(Version.HTTP_1_1, identity)) {
            return TestServer.text(TestServer.send(client, request("/who").build()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void clients_push_and_pull_in_the_version_that_they_ask_for(Version version) throws Exception {
        try (HttpClient client = client(version, Optional.empty())) {
            HttpResponse<byte[]> push = TestServer.send(
                    client,
                    request("/v2/a/blobs/uploads/?digest=" + LARGE_DIGEST)
                            .POST(BodyPublishers.ofByteArray(LARGE))
                            .build());
            assertThat(push.statusCode()).isEqualTo(201);
            assertThat(push.version()).isEqualTo(version);
            String path = "/v2/a/blobs/" + LARGE_DIGEST;
            assertThat(TestServer.send(client, request(path).build()).body()).isEqualTo(LARGE);
            HttpResponse<byte[]> part = TestServer.send(
                    client, request(path).header("Range", "bytes=5-11999990").build());
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(LARGE, 5, 11_999_991));
            HttpResponse<byte[]> head =
                    TestServer.send(client, request(path).HEAD().build());
            assertThat(TestServer.header(head, "Content-Length")).isEqualTo("12000000");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void a_refused_body_does_not_keep_a_client_from_its_answer(Version version) throws Exception {
        try (HttpClient client = client(version, Optional.empty())) {
            for (int i = 0; i < 3; i++) {
                HttpResponse<byte[]> refused = TestServer.send(
                        client,
                        request("/v2/a/manifests/x")
                                .PUT(BodyPublishers.ofByteArray(LARGE))
                                .build());
                TestServer.assertOciError(refused, 413, "SIZE_INVALID");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void handlers_see_whom_the_client_meant(Version version) throws Exception {
        try (HttpClient client = client(version, Optional.empty())) {
            HttpResponse<byte[]> reply =
                    TestServer.send(client, request("/host").build());
            assertThat(TestServer.text(reply))
                    .isEqualTo("127.0.0.1:" + server.address().getPort());
        }
    }

    @Test
    void many_streams_of_one_connection_are_served_at_once() throws Exception {
        byte[] content = new byte[300_000];
        try (HttpClient client = client(Version.HTTP_2, Optional.empty())) {
            List<CompletableFuture<HttpResponse<byte[]>>> replies = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                content[0] = (byte) i;
                HttpRequest push = request("/v2/many/blobs/uploads/?digest=" + Digest.sha256(content))
                        .POST(BodyPublishers.ofByteArray(content.clone()))
                        .build();
                replies.add(client.sendAsync(push, BodyHandlers.ofByteArray()));
            }
            for (CompletableFuture<HttpResponse<byte[]>> reply : replies) {
                assertThat(reply.get().statusCode()).isEqualTo(201);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void protocols_that_are_safe_are_spoken(String protocol) throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {protocol});
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(TestIdentity.context(Optional.empty(), first, second))
                .sslParameters(parameters)
                .build()) {
            HttpResponse<byte[]> reply = TestServer.send(client, request("/v2/").build());
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.sslSession().orElseThrow().getProtocol()).isEqualTo(protocol);
        }
    }

    @Test
    void a_client_need_not_have_a_certificate_but_if_it_has_one_it_must_be_good() throws Exception {
        assertThat(who(Optional.empty())).isEqualTo("nobody");
        assertThat(who(Optional.of(alice))).isEqualTo("CN=alice");
        assertThatThrownBy(() -> who(Optional.of(mallory))).isInstanceOf(IOException.class);
    }

    @Test
    void changed_files_are_taken_up_and_unusable_ones_are_not() throws Exception {
        SSLContext context = TestIdentity.context(Optional.empty(), first, second);
        try (SSLSocket open = connect(context)) {
            assertThat(presented(open)).isEqualTo("CN=first");
            Files.writeString(files.privateKey(), second.keyPem()); // which is not the certificate's
            Thread.sleep(5_000);
            try (SSLSocket later = connect(context)) {
                assertThat(presented(later)).isEqualTo("CN=first");
            }
            assertThat(server.certificate().map(TlsTest::name)).contains("CN=first");

            write(second);
            while (!server.certificate().map(TlsTest::name).equals(Optional.of("CN=second"))) {
                TestServer.pause();
            }
            try (SSLSocket later = connect(context)) {
                assertThat(presented(later)).isEqualTo("CN=second");
            }
            open.getOutputStream().write("GET /v2/ HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
            assertThat(new String(open.getInputStream().readNBytes(15), US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
        }
    }

    private static SSLSocket connect(SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(server.address().getAddress(), server.address().getPort());
        socket.setSoTimeout(10_000);
        socket.startHandshake();
        return socket;
    }

    private static String presented(SSLSocket socket) throws SSLException {
        return name((X509Certificate) socket.getSession().getPeerCertificates()[0]);
    }

    @Test
    void a_server_does_not_start_with_unusable_files() throws Exception {
        Path broken = directory.resolve("broken.pem");
        Path missing = directory.resolve("missing.pem");
        Path certificate = directory.resolve("other.crt");
        Path key = directory.resolve("other.key");
        Files.writeString(broken, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
        Files.writeString(certificate, alice.certificatePem());
        Files.writeString(key, mallory.keyPem());

        assertNotStarted(new TlsSettings(missing, key, Optional.empty()), "missing.pem");
        assertNotStarted(new TlsSettings(broken, key, Optional.empty()), "cannot be used");
        assertNotStarted(new TlsSettings(certificate, broken, Optional.empty()), "cannot be used");
        assertNotStarted(new TlsSettings(key, certificate, Optional.empty()), "cannot be used");
        assertNotStarted(new TlsSettings(certificate, key, Optional.empty()), "the private key is not that of");
        Files.writeString(key, alice.keyPem());
        assertNotStarted(new TlsSettings(certificate, key, Optional.of(broken)), "authorities cannot be used");
        assertNotStarted(new TlsSettings(certificate, key, Optional.of(key)), "authorities");
    }

    private static void assertNotStarted(TlsSettings settings, String reason) {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        assertThatThrownBy(() ->
                        HttpServer.start(anywhere, HttpSettings.DEFAULTS, Optional.of(settings), RequestObserver.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC"})
    void keys_of_every_usual_kind_are_usable(String algorithm) throws Exception {
        TestIdentity identity = TestIdentity.make(algorithm, algorithm);
        Path certificate = directory.resolve(algorithm + ".crt");
        Path key = directory.resolve(algorithm + ".key");
        Files.writeString(certificate, identity.certificatePem());
        Files.writeString(key, identity.keyPem());
        try (HttpServer other = HttpServer.start(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                HttpSettings.DEFAULTS,
                Optional.of(new TlsSettings(certificate, key, Optional.empty())),
                RequestObserver.NONE)) {
            assertThat(other.certificate()).contains(identity.certificate());
        }
    }
}
