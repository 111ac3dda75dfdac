package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.AddressRefused;
import io.dvcr.importers.source.SourceError.Changed;
import io.dvcr.importers.source.SourceError.EncodingUnsupported;
import io.dvcr.importers.source.SourceError.HttpStatus;
import io.dvcr.importers.source.SourceError.NotAnImage;
import io.dvcr.importers.source.SourceError.TooManyRedirects;
import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.SourceError.UrlRefused;
import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.importers.source.WebServer.Exchange;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from real servers that fail in every way a test can think of. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpDownloadTest {
    private static final Backoff QUICK = new Backoff(4, Duration.ofMillis(1), Duration.ofMillis(4));
    private static final Duration STALL = Duration.ofMillis(300);
    private static final DownloadPatience PATIENCE = new DownloadPatience(STALL, 1024, QUICK, Duration.ofMillis(1));
    private static final byte[] CONTENT = content(1);
    private static final byte[] OTHER = content(2);

    private static final RepositoryName TARGET = RepositoryName.parse("vms/debian");

    private HttpDownloader downloader;
    private WebServer server;

    @BeforeEach
    void open() throws IOException {
        downloader = new HttpDownloader(new AddressPolicy(true), PATIENCE);
        server = WebServer.serving(CONTENT);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        downloader.close();
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[1_000_000];
        new Random(seed).nextBytes(content);
        return content;
    }

    private void serverThat(Behaviour behaviour) throws IOException {
        server.close();
        server = WebServer.start(behaviour);
    }

    /** The first request is answered by {@code first}, later ones by {@code later}. */
    private void serverThatFirst(Behaviour first, Behaviour later) throws IOException {
        serverThat(exchange -> (server.requests().size() == 1 ? first : later).answer(exchange));
    }

    private byte[] download() throws IOException {
        return download(server.url("/disk.img"));
    }

    private byte[] download(URI url) throws IOException {
        try (HttpDownload download = downloader.open(new HttpSource(url, Optional.empty()), TARGET)) {
            return download.readAllBytes();
        }
    }

    private static void assertFails(ThrowingCallable action, Class<? extends SourceError> error, String message) {
        assertThatThrownBy(action)
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(message)
                .extracting(e -> ((SourceException) e).error())
                .isInstanceOf(error);
    }

    @Test
    void all_bytes_arrive_with_their_announced_length() throws IOException {
        try (HttpDownload download = downloader.open(new HttpSource(server.url("/x?y=z"), Optional.empty()), TARGET)) {
            assertThat(download.length()).hasValue(CONTENT.length);
            assertThat(download.read()).isEqualTo(CONTENT[0] & 0xff);
            assertThat(download.position()).isEqualTo(1);
            assertThat(download.readAllBytes()).isEqualTo(Arrays.copyOfRange(CONTENT, 1, CONTENT.length));
            assertThat(download.position()).isEqualTo(CONTENT.length);
            assertThat(download.read()).isEqualTo(-1);
        }
        Exchange request = server.requests().getFirst();
        assertThat(request.requestLine()).isEqualTo("GET /x?y=z HTTP/1.1");
        assertThat(request.headers()).doesNotContainKeys("Upgrade", "Range", "Authorization");
        assertThat(request.header("Accept-Encoding")).contains("identity");
    }

    @Test
    void a_chunked_body_has_no_length_and_arrives_whole() throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Transfer-Encoding: chunked");
            exchange.write("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n".getBytes(US_ASCII));
        });
        try (HttpDownload download = downloader.open(new HttpSource(server.url("/"), Optional.empty()), TARGET)) {
            assertThat(download.length()).isEmpty();
            assertThat(download.readAllBytes()).asString(US_ASCII).isEqualTo("hello world");
        }
    }

    @Test
    void an_empty_body_is_an_empty_stream() throws IOException {
        serverThat(exchange -> exchange.status(200));
        assertThat(download()).isEmpty();
    }

    @Test
    void a_connection_that_is_cut_is_resumed_where_it_stopped() throws IOException {
        serverThat(exchange -> {
            int cuts = server.requests().size();
            exchange.serve(CONTENT, "\"1\"", cuts < 4 ? cuts * 200_000 : CONTENT.length);
        });
        assertThat(download()).isEqualTo(CONTENT);

        assertThat(server.requests()).hasSize(4);
        Exchange resumed = server.requests().get(1);
        assertThat(resumed.header("Range")).contains("bytes=200000-");
        assertThat(resumed.header("If-Range")).contains("\"1\"");
    }

    @Test
    void a_cut_before_the_first_byte_is_resumed_too() throws IOException {
        serverThatFirst(exchange -> exchange.serve(CONTENT, "\"1\"", 0), exchange -> exchange.serve(CONTENT, "\"1\""));
        assertThat(download()).isEqualTo(CONTENT);
    }

    @Test
    void a_server_that_sends_less_than_was_asked_for_is_asked_again() throws IOException {
        serverThatFirst(exchange -> exchange.serve(CONTENT, "\"1\"", 1000), exchange -> {
            int start = exchange.rangeStart();
            int end = Math.min(start + 300_000, CONTENT.length);
            exchange.head(
                    206,
                    "Content-Length: " + (end - start),
                    "Content-Range: bytes " + start + "-" + (end - 1) + "/" + CONTENT.length);
            exchange.write(Arrays.copyOfRange(CONTENT, start, end));
        });
        assertThat(download()).isEqualTo(CONTENT);
    }

    @Test
    void the_time_of_the_last_change_resumes_where_there_is_no_strong_tag() throws IOException {
        String time = "Mon, 05 Jan 2026 10:00:00 GMT";
        serverThatFirst(
                exchange -> {
                    exchange.head(
                            200, "Content-Length: " + CONTENT.length, "ETag: W/\"weak\"", "Last-Modified: " + time);
                    exchange.write(Arrays.copyOf(CONTENT, 5000));
                },
                exchange -> {
                    exchange.head(
                            206,
                            "Content-Length: " + (CONTENT.length - 5000),
                            "Content-Range: bytes 5000-" + (CONTENT.length - 1) + "/" + CONTENT.length,
                            "Last-Modified: " + time);
                    exchange.write(Arrays.copyOfRange(CONTENT, 5000, CONTENT.length));
                });
        assertThat(download()).isEqualTo(CONTENT);
        assertThat(server.requests().get(1).header("If-Range")).contains(time);
    }

    @Test
    void content_that_changed_in_the_middle_is_not_spliced() throws IOException {
        serverThatFirst(exchange -> exchange.serve(CONTENT, "\"1\"", 5000), exchange -> exchange.serve(OTHER, "\"2\""));
        assertFails(this::download, Changed.class, "could not be resumed");
    }

    @Test
    void the_same_content_under_another_tag_as_mirrors_have_goes_on() throws IOException {
        serverThatFirst(
                exchange -> exchange.serve(CONTENT, "\"1\"", 5000), exchange -> exchange.serve(CONTENT, "\"2\""));
        assertThat(download()).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ETag: \"2\"", "Last-Modified: Tue, 06 Jan 2026 10:00:00 GMT", "X-Size: other"})
    void a_server_that_does_not_heed_if_range_cannot_splice_either(String difference) throws IOException {
        int total = difference.startsWith("X-Size") ? CONTENT.length + 1 : CONTENT.length;
        serverThatFirst(
                exchange -> {
                    exchange.head(
                            200,
                            "Content-Length: " + CONTENT.length,
                            "ETag: \"1\"",
                            "Last-Modified: Mon, 05 Jan 2026 10:00:00 GMT");
                    exchange.write(Arrays.copyOf(CONTENT, 5000));
                },
                exchange -> {
                    if (exchange.header("Range").isEmpty()) {
                        exchange.serve(Arrays.copyOf(OTHER, total), "\"2\"");
                        return;
                    }
                    exchange.head(
                            206,
                            "Content-Length: " + (total - 5000),
                            "Content-Range: bytes 5000-" + (total - 1) + "/" + total,
                            difference);
                });
        assertFails(this::download, Changed.class, "could not be resumed");
    }

    @Test
    void a_range_that_was_not_asked_for_is_not_taken() throws IOException {
        serverThatFirst(exchange -> exchange.serve(CONTENT, "\"1\"", 5000), exchange -> {
            if (exchange.header("Range").isEmpty()) {
                exchange.serve(CONTENT, "\"1\"");
            } else {
                exchange.head(
                        206, "Content-Length: 10", "Content-Range: bytes 4000-4009/" + CONTENT.length, "ETag: \"1\"");
            }
        });
        assertThat(download()).isEqualTo(CONTENT);
    }

    @Test
    void without_a_validator_all_is_read_again_and_must_be_the_same() throws IOException {
        serverThat(withoutRanges(CONTENT));
        assertThat(download()).isEqualTo(CONTENT);
        assertThat(server.requests()).hasSize(2);
        assertThat(server.requests().get(1).headers()).doesNotContainKeys("Range", "If-Range");

        serverThat(withoutRanges(OTHER));
        assertFails(this::download, Changed.class, "could not be resumed");
    }

    private Behaviour withoutRanges(byte[] later) {
        return exchange -> {
            boolean first = server.requests().size() == 1;
            exchange.head(200, "Content-Length: " + CONTENT.length, "ETag: W/\"weak\"");
            exchange.write(first ? Arrays.copyOf(CONTENT, 5000) : later);
        };
    }

    @Test
    void a_server_without_ranges_that_always_cuts_is_given_up() throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + CONTENT.length);
            exchange.write(Arrays.copyOf(CONTENT, 5000 * server.requests().size()));
        });
        assertFails(this::download, Unreachable.class, "sends no ranges, and was cut off 5 times");
    }

    @Test
    void a_source_that_drips_is_given_up_though_something_comes_every_time() throws IOException {
        serverThat(HttpDownloadTest::drip);
        assertFails(this::download, Unreachable.class, "it sent less than 307 bytes in 300 ms");
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void a_source_that_drips_for_a_while_is_asked_again() throws IOException {
        serverThatFirst(HttpDownloadTest::drip, exchange -> exchange.serve(CONTENT, "\"1\""));
        assertThat(download()).isEqualTo(CONTENT);
    }

    private static void drip(Exchange exchange) throws IOException, InterruptedException {
        int position = exchange.rangeStart();
        exchange.serve(CONTENT, "\"1\"", position);
        while (true) {
            exchange.write(new byte[] {CONTENT[position++]});
            Thread.sleep(5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3600", "Tue, 05 Jan 2027 11:00:00 GMT", "-1", "soon", "99999999999"})
    void a_server_that_asks_for_a_pause_gets_no_longer_one_than_is_allowed(String retryAfter) throws IOException {
        serverThatFirst(
                exchange -> exchange.head(
                        503, "Content-Length: 0", "Date: Tue, 05 Jan 2027 10:00:00 GMT", "Retry-After: " + retryAfter),
                exchange -> exchange.serve(CONTENT, "\"1\""));
        assertThat(download()).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "gzip, gzip", "exotic"})
    void a_coding_that_does_not_show_is_refused(String coding) throws IOException {
        serverThat(exchange -> exchange.head(200, "Content-Length: 5", "Content-Encoding: " + coding));
        assertFails(this::download, EncodingUnsupported.class, "with the content coding " + coding);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "Identity", ""})
    void other_codings_are_bytes_like_any(String coding) throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: 5", "Content-Encoding: " + coding);
            exchange.write("hello".getBytes(US_ASCII));
        });
        assertThat(download()).asString(US_ASCII).isEqualTo("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", " \r\n\t<!DOCTYPE html>", "\u00ef\u00bb\u00bf<?xml version"})
    void a_page_for_people_is_not_an_image(String page) throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + page.length(), "Content-Type: Text/HTML; charset=utf-8");
            for (byte character : page.getBytes(ISO_8859_1)) {
                exchange.write(new byte[] {character});
            }
        });
        assertFails(this::download, NotAnImage.class, "is a web page, not an image");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/html", "text/plain", "application/json"})
    void a_wrong_type_does_not_matter(String type) throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: 4", "Content-Type: " + type);
            exchange.write(" QFI".getBytes(US_ASCII));
        });
        assertThat(download()).hasSize(4);
    }

    @Test
    void a_server_that_is_busy_for_a_while_is_asked_again() throws IOException {
        serverThat(exchange -> {
            switch (server.requests().size()) {
                case 1 -> exchange.status(503);
                case 2 -> exchange.status(429);
                case 3 -> exchange.status(500);
                default -> exchange.serve(CONTENT, "\"1\"");
            }
        });
        assertThat(download()).isEqualTo(CONTENT);
    }

    @Test
    void a_server_that_stays_busy_fails_with_its_status() throws IOException {
        serverThat(exchange -> exchange.status(503));
        assertFails(this::download, HttpStatus.class, "answered with status 503");
        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 206, 304, 400, 401, 403, 404, 410, 416})
    void other_statuses_fail_at_once(int status) throws IOException {
        serverThat(exchange -> exchange.head(status, status < 400 && status != 206 ? "X-Y: z" : "Content-Length: 0"));
        assertFails(this::download, HttpStatus.class, "answered with status " + status);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void a_connection_that_no_one_takes_is_tried_again_and_then_said_so() throws IOException {
        URI url;
        try (ServerSocket socket = new ServerSocket(0)) {
            url = URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/x");
        }
        assertFails(() -> download(url), Unreachable.class, "cannot be read: ");
    }

    @Test
    void a_host_that_does_not_exist_is_said_so() {
        assertFails(
                () -> download(URI.create("http://no-such-host.invalid/x")),
                Unreachable.class,
                "http://no-such-host.invalid/x cannot be read: the host is not known");
    }

    @Test
    void an_answer_that_is_not_http_fails() throws IOException {
        serverThat(exchange -> exchange.write("SSH-2.0-OpenSSH_9.2\r\n".getBytes(US_ASCII)));
        assertFails(this::download, Unreachable.class, "cannot be read: ");
    }

    @Test
    void a_server_that_stalls_in_the_middle_is_given_up_and_asked_again() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        serverThatFirst(
                exchange -> {
                    exchange.serve(CONTENT, "\"1\"", 5000);
                    end.await();
                },
                exchange -> exchange.serve(CONTENT, "\"1\""));
        assertThat(download()).isEqualTo(CONTENT);
        end.countDown();
    }

    @Test
    void a_server_that_never_answers_is_unreachable() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        serverThat(_ -> end.await());
        assertFails(this::download, Unreachable.class, "timed out");
        end.countDown();
    }

    @Test
    void closing_does_not_wait_for_the_rest_of_the_body() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + (1L << 50));
            try {
                while (true) {
                    exchange.write(new byte[1 << 16]);
                }
            } catch (IOException e) {
                gone.countDown();
            }
        });
        try (HttpDownload download = downloader.open(new HttpSource(server.url("/"), Optional.empty()), TARGET)) {
            assertThat(download.readNBytes(1000)).hasSize(1000);
        }
        gone.await();
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 404, 503})
    void the_endless_body_of_a_refusal_is_not_read(int status) throws IOException {
        serverThat(exchange -> {
            exchange.head(status, "Content-Length: " + (1L << 50), "Location: /other");
            while (true) {
                exchange.write(new byte[1 << 16]);
            }
        });
        assertThatThrownBy(this::download).isInstanceOf(SourceException.class);
    }

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
                    () -> strict.open(new HttpSource(loopback, Optional.empty()), TARGET)
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

    @Test
    void an_interrupted_download_ends_at_once() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        serverThat(exchange -> {
            exchange.serve(CONTENT, "\"1\"", 5000);
            asked.countDown();
            end.await();
        });
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (HttpDownloader patient = new HttpDownloader(
                new AddressPolicy(true), new DownloadPatience(Duration.ofMinutes(1), new Backoff(8, STALL, STALL)))) {
            Thread worker = Thread.ofVirtual().start(() -> {
                try (HttpDownload download = patient.open(new HttpSource(server.url("/"), Optional.empty()), TARGET)) {
                    failure.set(new AssertionError("read " + download.readAllBytes().length + " bytes"));
                } catch (IOException | RuntimeException e) {
                    failure.set(e);
                }
            });
            asked.await();
            worker.interrupt();
            worker.join();
        }
        end.countDown();
        assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
    }
}
