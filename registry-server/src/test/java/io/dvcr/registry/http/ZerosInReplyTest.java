package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.ZeroOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ZerosInReplyTest {
    private static final int[] LENGTHS = {0, 1, 100, 131_071, 131_072, 131_073, 1 << 20, (1 << 20) + 1, 5_000_000};

    /** Bytes and zeros between them, of every length before and behind every other. */
    private static void write(OutputStream target) throws IOException {
        Random random = new Random(LENGTHS.length);
        for (int data : LENGTHS) {
            for (int zeros : LENGTHS) {
                byte[] bytes = new byte[data];
                random.nextBytes(bytes);
                target.write(bytes);
                if (target instanceof ZeroOutput sparing) {
                    sparing.writeZeros(zeros);
                } else {
                    target.write(new byte[zeros]);
                }
            }
        }
    }

    private static final Route ROUTE = Route.of(
            Method.GET,
            "/zeros",
            Access.open(),
            _ -> Reply.of(200, new Reply.Body.Stream(Reply.Body.UNKNOWN, ZerosInReplyTest::write)));

    private static HttpServer server(Optional<TlsSettings> tls) throws IOException {
        HttpServer server = HttpServer.start(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                HttpSettings.DEFAULTS,
                tls,
                RequestObserver.NONE);
        server.route(Guard.NONE, List.of(ROUTE));
        return server;
    }

    private static void assertAllIsThere(HttpClient client, URI server) throws IOException, InterruptedException {
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        write(expected);
        HttpResponse<byte[]> reply =
                client.send(HttpRequest.newBuilder(server.resolve("/zeros")).build(), BodyHandlers.ofByteArray());
        assertThat(reply.version()).isEqualTo(client.version());
        assertThat(Arrays.equals(reply.body(), expected.toByteArray())).isTrue();
    }

    @Test
    void zeros_that_are_only_told_of_are_sent() throws Exception {
        try (HttpServer server = server(Optional.empty());
                HttpClient client =
                        HttpClient.newBuilder().version(Version.HTTP_1_1).build()) {
            assertAllIsThere(
                    client, URI.create("http://127.0.0.1:" + server.address().getPort()));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Version.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void so_they_are_over_tls(Version version, @TempDir Path directory) throws Exception {
        TestIdentity identity = TestIdentity.make("server", "EC");
        TlsSettings files =
                new TlsSettings(directory.resolve("tls.crt"), directory.resolve("tls.key"), Optional.empty());
        Files.writeString(files.certificateChain(), identity.certificatePem());
        Files.writeString(files.privateKey(), identity.keyPem());
        try (HttpServer server = server(Optional.of(files));
                HttpClient client = HttpClient.newBuilder()
                        .version(version)
                        .sslContext(TestIdentity.context(Optional.empty(), identity))
                        .build()) {
            assertAllIsThere(
                    client, URI.create("https://127.0.0.1:" + server.address().getPort()));
        }
    }
}
