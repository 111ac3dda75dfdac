package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.ChecksumUnavailable;
import io.dvcr.importers.source.SourceError.SecretRefused;
import io.dvcr.importers.source.SourceError.Untrusted;
import io.dvcr.importers.source.WebServer.Exchange;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator has laid down for sources, who gets to see it and who does not. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpSecretsTest {
    private static final byte[] CONTENT = "hello".getBytes(US_ASCII);
    private static final String SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    private static final RepositoryName TARGET = RepositoryName.parse("vms/debian");
    private static final DownloadPatience PATIENCE =
            new DownloadPatience(Duration.ofSeconds(5), new Backoff(2, Duration.ofMillis(1), Duration.ofMillis(1)));

    @TempDir
    private Path directory;

    private WebServer server;
    private HttpDownloader downloader;

    @BeforeEach
    void open() throws IOException {
        server = WebServer.serving(CONTENT);
        downloader = HttpDownloader.with(settings(Optional.empty(), Optional.empty()), true);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        downloader.close();
    }

    private DownloadSettings settings(Optional<Path> authorities, Optional<ProxySettings> proxy) {
        return new DownloadSettings(
                PATIENCE,
                Lanes.ONE,
                List.of(),
                List.of(),
                authorities,
                Optional.of(directory.resolve("secrets")),
                proxy);
    }

    private void secret(String name, Map<String, String> parts) throws IOException {
        Path secret = Files.createDirectories(directory.resolve("secrets").resolve(name));
        for (Map.Entry<String, String> part : parts.entrySet()) {
            Files.writeString(secret.resolve(part.getKey()), part.getValue());
        }
    }

    private static String scope(URI url) {
        return url.getScheme() + "://" + url.getAuthority();
    }

    private byte[] download(URI url, String secret) throws IOException {
        return download(url, secret, TARGET);
    }

    private byte[] download(URI url, String secret, RepositoryName target) throws IOException {
        HttpSource source =
                new HttpSource(url, Optional.empty(), Optional.empty(), Optional.of(new SecretName(secret)));
        try (HttpDownload download = downloader.download(source, target)) {
            return download.readAllBytes();
        }
    }

    @Test
    void user_and_password_are_sent() throws IOException {
        secret("s", Map.of("hosts", scope(server.url("/")), "username", "ann\n", "password", "open: sesame\n"));
        assertThat(download(server.url("/x"), "s")).isEqualTo(CONTENT);
        assertThat(server.requests().getFirst().header("Authorization")).contains("Basic YW5uOm9wZW46IHNlc2FtZQ==");
    }

    @Test
    void a_token_and_headers_are_sent_and_changed_ones_at_once() throws IOException {
        secret("s", Map.of("hosts", scope(server.url("/")), "token", "abc", "headers", "X-Key: k e y\nX-Other:1\n"));
        download(server.url("/x"), "s");
        secret("s", Map.of("token", "def\r\n"));
        download(server.url("/x"), "s");

        Exchange first = server.requests().getFirst();
        assertThat(first.header("Authorization")).contains("Bearer abc");
        assertThat(first.header("X-Key")).contains("k e y");
        assertThat(first.header("X-Other")).contains("1");
        assertThat(server.requests().getLast().header("Authorization")).contains("Bearer def");
    }

    @Test
    void a_redirect_to_another_host_or_port_leads_there_without_them() throws IOException {
        try (WebServer other = WebServer.serving(CONTENT);
                WebServer first = WebServer.start(exchange -> exchange.redirect(
                        exchange.path().equals("/port")
                                ? other.url("/").toString()
                                : "http://localhost:" + other.url("/").getPort() + "/"))) {
            secret("s", Map.of("hosts", scope(first.url("/")), "token", "abc", "headers", "X-Key: key"));
            assertThat(download(first.url("/port"), "s")).isEqualTo(CONTENT);
            assertThat(download(first.url("/host"), "s")).isEqualTo(CONTENT);

            assertThat(first.requests())
                    .allSatisfy(request -> assertThat(request.header("X-Key")).isPresent());
            assertThat(other.requests())
                    .hasSize(2)
                    .allSatisfy(request -> assertThat(request.headers()).doesNotContainKeys("Authorization", "X-Key"));
        }
    }

    @Test
    void what_resumes_shows_them_again() throws IOException {
        try (WebServer cutting = WebServer.start(exchange ->
                exchange.serve(CONTENT, "\"1\"", exchange.header("Range").isPresent() ? CONTENT.length : 2))) {
            secret("s", Map.of("hosts", scope(cutting.url("/")), "token", "abc"));
            assertThat(download(cutting.url("/x"), "s")).isEqualTo(CONTENT);
            assertThat(cutting.requests())
                    .hasSize(2)
                    .allSatisfy(request ->
                            assertThat(request.header("Authorization")).contains("Bearer abc"));
        }
    }

    @Test
    void nobody_gets_a_secret_shown_to_a_server_that_it_is_not_for() throws IOException {
        secret("s", Map.of("hosts", "mirror.example\nhttp://127.0.0.1:1", "token", "abc"));
        DownloadTests.assertFails(
                () -> download(server.url("/x"), "s"), SecretRefused.class, "not for the server of http://127");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void nobody_uses_a_secret_for_a_repository_that_it_is_not_for() throws IOException {
        secret("s", Map.of("hosts", scope(server.url("/")), "repositories", "golden/**\nvms/*\n", "token", "abc"));
        assertThat(download(server.url("/x"), "s")).isEqualTo(CONTENT);
        DownloadTests.assertFails(
                () -> download(server.url("/x"), "s", RepositoryName.parse("other/x")),
                SecretRefused.class,
                "the secret s cannot be used: it is not for imports to other/x");
    }

    @ParameterizedTest
    @CsvSource({
        "username, ann, abc",
        "hosts, '', abc",
        "hosts, https://mirror.example/path, abc",
        "headers, no-header, abc",
        "repositories, VMS, abc",
        "tls.crt, nothing, abc",
        "ca.crt, nothing, abc",
        "token, 'se cret', se cret",
    })
    void a_secret_with_a_fault_is_refused_and_shows_nothing_of_itself(String part, String content, String hidden)
            throws IOException {
        secret("s", Map.of("hosts", scope(server.url("/")), "token", "abc"));
        secret("s", Map.of(part, content));
        assertThatThrownBy(() -> download(server.url("/x"), "s"))
                .isInstanceOf(SourceException.class)
                .hasMessage("the secret s cannot be used: the operator has to mend it; the server's log says more")
                .satisfies(e -> assertThat(String.valueOf(e.getCause())).doesNotContain(hidden));
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void a_secret_that_is_not_there_is_refused() {
        DownloadTests.assertFails(
                () -> download(server.url("/x"), "s"), SecretRefused.class, "there is no such secret");
    }

    @Test
    void a_private_authority_is_trusted_where_the_secret_or_the_operator_says() throws Exception {
        TestCertificate own = TestCertificate.make(directory, "ip:127.0.0.1");
        try (WebServer private_ = WebServer.start(own.server(), exchange -> exchange.serve(CONTENT, "\"1\""))) {
            secret("s", Map.of("hosts", private_.url("/").getAuthority(), "ca.crt", own.certificatePem()));
            secret("t", Map.of("hosts", private_.url("/").getAuthority(), "token", "abc"));
            assertThat(download(private_.url("/x"), "s")).isEqualTo(CONTENT);
            DownloadTests.assertFails(
                    () -> download(private_.url("/x"), "t"), Untrusted.class, "a certificate that is not trusted");

            Path authorities = Files.writeString(directory.resolve("ca.crt"), own.certificatePem());
            downloader.close();
            downloader = HttpDownloader.with(settings(Optional.of(authorities), Optional.empty()), true);
            assertThat(download(private_.url("/x"), "t")).isEqualTo(CONTENT);
        }
    }

    @Test
    void a_certificate_for_another_host_is_refused_whoever_vouches_for_it() throws Exception {
        TestCertificate other = TestCertificate.make(directory, "dns:mirror.example");
        try (WebServer wrong = WebServer.start(other.server(), exchange -> exchange.serve(CONTENT, "\"1\""))) {
            secret("s", Map.of("hosts", wrong.url("/").getAuthority(), "ca.crt", other.certificatePem(), "token", "t"));
            DownloadTests.assertFails(
                    () -> download(wrong.url("/x"), "s"), Untrusted.class, "a certificate that is not trusted");
            assertThat(wrong.requests()).isEmpty();
        }
    }

    @Test
    void a_client_certificate_is_shown() throws Exception {
        TestCertificate own = TestCertificate.make(directory, "ip:127.0.0.1");
        TestCertificate client = TestCertificate.make(directory, "dns:client");
        try (WebServer strict =
                WebServer.startStrict(own.server(client), exchange -> exchange.serve(CONTENT, "\"1\""))) {
            String scope = strict.url("/").getAuthority();
            secret("without", Map.of("hosts", scope, "ca.crt", own.certificatePem()));
            secret(
                    "with",
                    Map.of(
                            "hosts", scope,
                            "ca.crt", own.certificatePem(),
                            "tls.crt", client.certificatePem(),
                            "tls.key", client.keyPem()));
            assertThat(download(strict.url("/x"), "with")).isEqualTo(CONTENT);
            assertThatThrownBy(() -> download(strict.url("/x"), "without")).isInstanceOf(SourceException.class);
            assertThat(strict.requests()).hasSize(1);
        }
    }

    @Test
    void a_checksum_comes_from_the_list_beside_the_file() throws IOException {
        try (WebServer lists = WebServer.start(exchange -> {
            byte[] list = (SHA256 + "  disk.img\n").getBytes(US_ASCII);
            exchange.serve(exchange.path().equals("/SHA256SUMS") ? list : CONTENT, "\"1\"");
        })) {
            secret("s", Map.of("hosts", scope(lists.url("/")), "token", "abc"));
            Optional<URI> list = Optional.of(lists.url("/SHA256SUMS"));
            Optional<SecretName> secret = Optional.of(new SecretName("s"));
            HttpSource listed = new HttpSource(lists.url("/a/disk.img"), Optional.empty(), list, secret);
            assertThat(downloader.checksum(listed, TARGET)).contains(new Checksum(Checksum.Algorithm.SHA256, SHA256));
            assertThat(lists.requests().getFirst().header("Authorization")).contains("Bearer abc");

            HttpSource unlisted = new HttpSource(lists.url("/a/other.img"), Optional.empty(), list, secret);
            DownloadTests.assertFails(
                    () -> downloader.checksum(unlisted, TARGET),
                    ChecksumUnavailable.class,
                    "/SHA256SUMS has no checksum of \"other.img\"");

            HttpSource elsewhere = new HttpSource(
                    lists.url("/a/disk.img"), Optional.empty(), Optional.of(server.url("/SHA256SUMS")), secret);
            DownloadTests.assertFails(
                    () -> downloader.checksum(elsewhere, TARGET), ChecksumUnavailable.class, "disk.img");
            assertThat(server.requests().getLast().headers()).doesNotContainKey("Authorization");
        }
    }
}
