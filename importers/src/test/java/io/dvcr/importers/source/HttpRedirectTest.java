package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.AddressRefused;
import io.dvcr.importers.source.SourceError.TooManyRedirects;
import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.SourceError.UrlRefused;
import io.dvcr.importers.source.WebServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a URL may lead. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpRedirectTest extends DownloadTests {
    @Test
    void redirects_are_followed() throws IOException {
        serverThat(exchange -> {
            switch (exchange.path()) {
                case "/disk.img" -> exchange.redirect("/mirrors/a%20b?x=1");
                case "/mirrors/a%20b?x=1" -> exchange.redirect("c/../d");
                case "/mirrors/d" -> exchange.redirect(server.url("/last").toString());
                default -> exchange.serve(CONTENT, "\"1\"");
            }
        });
        assertThat(download()).isEqualTo(CONTENT);
        assertThat(server.requests())
                .extracting(Exchange::path)
                .endsWith("/last")
                .hasSize(4);
    }

    @Test
    void a_resumed_transfer_follows_redirects_again() throws IOException {
        serverThat(exchange -> {
            switch (exchange.path()) {
                case "/disk.img" ->
                    exchange.redirect("/mirror" + server.requests().size());
                case "/mirror1" -> exchange.serve(CONTENT, "\"1\"", 5000);
                default -> exchange.serve(CONTENT, "\"1\"");
            }
        });
        assertThat(download()).isEqualTo(CONTENT);
        assertThat(server.requests())
                .extracting(Exchange::path)
                .containsExactly("/disk.img", "/mirror1", "/disk.img", "/mirror3");
    }

    @Test
    void a_redirect_loop_ends() throws IOException {
        serverThat(exchange -> exchange.redirect("/disk.img"));
        assertFails(this::download, TooManyRedirects.class, "redirects more than 10 times");
        assertThat(server.requests()).hasSize(11);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///etc/passwd", "ftp://example.org/x", "jar:http://127.0.0.1/!/x", "http://", "http:x"})
    void a_redirect_leads_to_http_only(String location) throws IOException {
        serverThat(exchange -> exchange.redirect(location));
        assertFails(this::download, UrlRefused.class, "is refused: ");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void a_redirect_that_is_not_a_url_is_refused() throws IOException {
        serverThat(exchange -> exchange.redirect("http://a b/"));
        assertFails(this::download, UrlRefused.class, "it is not a URL");
    }

    @Test
    void a_redirect_with_credentials_is_refused_and_they_are_not_repeated() throws IOException {
        serverThat(exchange -> exchange.redirect("http://user:secret@127.0.0.1/"));
        assertFails(this::download, UrlRefused.class, "http://127.0.0.1/ is refused: credentials");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest/meta-data",
                "http://[::ffff:169.254.169.254]/",
                "http://[fe80::1]/",
                "http://[fd00:ec2::254%251]/",
                "http://0.0.0.0/",
                "http://[::]/",
            })
    void a_redirect_to_a_refused_address_is_refused(String location) throws IOException {
        serverThat(exchange -> exchange.redirect(location));
        assertFails(this::download, AddressRefused.class, "which is refused");
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/",
                "https://169.254.169.254/",
                "http://[::ffff:169.254.169.254]/",
                "http://[64:ff9b::a9fe:a9fe]/",
                "http://100.100.100.200/",
                "http://[fd00:ec2::254]/",
                "http://255.255.255.255/",
                "http://2852039166/",
            })
    void a_literal_address_is_judged_like_a_name(String url) {
        assertFails(() -> download(URI.create(url)), AddressRefused.class, "which is refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:%d/", "http://127.0.0.1:%d/", "http://[::1]:%d/", "http://127.1.2.3:%d/"})
    void loopback_is_refused_under_every_name_where_it_is_not_allowed(String url) throws IOException {
        URI loopback = URI.create(url.formatted(server.url("/").getPort()));
        try (HttpDownloader strict = new HttpDownloader(new AddressPolicy(false), PATIENCE)) {
            assertFails(
                    () -> strict.download(new HttpSource(loopback, Optional.empty()), TARGET)
                            .close(),
                    AddressRefused.class,
                    "loopback is the server itself");
        }
        assertThat(server.requests()).isEmpty();
    }

    /** Decimal, octal and hexadecimal spellings of 169.254.169.254. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://2852039166/",
                "http://0xa9fea9fe/",
                "http://0251.0376.0251.0376/",
                "http://169.16689662/",
                "http://0xa9.0xfe.0xa9.0xfe/",
            })
    void other_spellings_of_an_address_lead_nowhere(String url) throws IOException {
        serverThat(exchange -> exchange.redirect(url));
        assertThatThrownBy(this::download)
                .isInstanceOf(SourceException.class)
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOfAny(UrlRefused.class, AddressRefused.class, Unreachable.class);
        assertThat(server.requests()).hasSizeBetween(1, 4);
    }
}
