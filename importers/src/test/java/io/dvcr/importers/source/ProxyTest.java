package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.AddressRefused;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ProxyTest {
    private static final byte[] CONTENT = "hello".getBytes(US_ASCII);
    private static final DownloadPatience PATIENCE =
            new DownloadPatience(Duration.ofSeconds(5), new Backoff(2, Duration.ofMillis(1), Duration.ofMillis(1)));

    private static byte[] download(WebServer proxy, String user, URI url, List<String> exceptions) throws IOException {
        URI address = URI.create("http://" + user + proxy.url("").getAuthority());
        DownloadSettings settings = new DownloadSettings(
                PATIENCE,
                Lanes.ONE,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ProxySettings(address, exceptions)));
        // loopback is refused to sources: the proxy, which is there, is not one
        try (HttpDownloader downloader = HttpDownloader.with(settings, false);
                HttpDownload download = downloader.download(
                        new HttpSource(url, Optional.empty()), RepositoryName.parse("vms/debian"))) {
            return download.readAllBytes();
        }
    }

    @Test
    void what_only_the_proxy_can_reach_is_read_through_it() throws IOException {
        try (WebServer proxy = WebServer.serving(CONTENT)) {
            URI url = URI.create("http://mirror.invalid/disk.img");
            assertThat(download(proxy, "", url, List.of())).isEqualTo(CONTENT);
            assertThat(proxy.requests().getFirst().requestLine())
                    .isEqualTo("GET http://mirror.invalid/disk.img HTTP/1.1");
        }
    }

    @Test
    void the_proxy_is_told_user_and_password_when_it_asks() throws IOException {
        try (WebServer proxy = WebServer.start(exchange -> {
            if (exchange.header("Proxy-Authorization").isEmpty()) {
                exchange.head(407, "Content-Length: 0", "Proxy-Authenticate: Basic realm=\"p\"");
            } else {
                exchange.serve(CONTENT, "\"1\"");
            }
        })) {
            URI url = URI.create("http://mirror.invalid/disk.img");
            assertThat(download(proxy, "ann:secret@", url, List.of())).isEqualTo(CONTENT);
            assertThat(proxy.requests().getLast().header("Proxy-Authorization")).contains("Basic YW5uOnNlY3JldA==");
        }
    }

    @Test
    void tls_is_spoken_with_the_source_through_a_tunnel() throws IOException {
        try (WebServer proxy = WebServer.start(exchange -> exchange.status(403))) {
            URI url = URI.create("https://mirror.invalid/disk.img");
            assertThatThrownBy(() -> download(proxy, "", url, List.of())).isInstanceOf(SourceException.class);
            assertThat(proxy.requests().getFirst().requestLine()).isEqualTo("CONNECT mirror.invalid:443 HTTP/1.1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://169.254.169.254/", "http://127.0.0.1/", "http://localhost/", "http://[fd00:ec2::254]/"})
    void a_proxy_does_not_make_refused_addresses_readable(String url) throws IOException {
        try (WebServer proxy = WebServer.serving(CONTENT)) {
            assertThatThrownBy(() -> download(proxy, "", URI.create(url), List.of()))
                    .isInstanceOf(SourceException.class)
                    .extracting(e -> ((SourceException) e).error())
                    .isInstanceOf(AddressRefused.class);
            assertThat(proxy.requests()).isEmpty();
        }
    }

    /** Else a client could talk to the proxy as to a source, and be judged by its privilege. */
    @Test
    void the_proxy_itself_is_a_source_like_any_to_who_is_to_reach_it_directly() throws IOException {
        try (WebServer proxy = WebServer.serving(CONTENT)) {
            assertThatThrownBy(() -> download(proxy, "", proxy.url("/"), List.of("127.0.0.0/8")))
                    .isInstanceOf(SourceException.class)
                    .extracting(e -> ((SourceException) e).error())
                    .isInstanceOf(AddressRefused.class);
            assertThat(proxy.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mirror.example, mirror.example, false",
        "mirror.example, a.MIRROR.example, false",
        ".mirror.example, a.mirror.example, false",
        "mirror.example, notmirror.example, true",
        "10.0.0.0/8, 10.1.2.3, false",
        "10.0.0.0/8, 11.1.2.3, true",
        "10.1.2.3, 10.1.2.3, false",
        "fd00::/8, [fd00::1], false",
        "*, mirror.example, false",
    })
    void exceptions_are_those_of_no_proxy(String exception, String host, boolean proxied) {
        ProxySettings proxy = new ProxySettings(URI.create("http://ann:secret@p"), List.of(exception));
        assertThat(proxy.isFor(host)).isEqualTo(proxied);
        assertThat(proxy).asString().doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://p:1", "socks5://p:1", "p:3128"})
    void only_http_is_spoken_with_a_proxy(String url) {
        assertThatThrownBy(() -> new ProxySettings(URI.create(url), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("such as http://proxy.example:3128");
    }
}
