package io.dvcr.importers.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceError.EncodingUnsupported;
import io.dvcr.importers.source.SourceError.HttpStatus;
import io.dvcr.importers.source.SourceError.NotAnImage;
import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.WebServer.Exchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from real servers that fail in every way a test can think of. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpDownloadTest extends DownloadTests {
    @Test
    void all_bytes_arrive_with_their_announced_length() throws IOException {
        try (HttpDownload download =
                downloader.download(new HttpSource(server.url("/x?y=z"), Optional.empty()), TARGET)) {
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
        try (HttpDownload download = downloader.download(new HttpSource(server.url("/"), Optional.empty()), TARGET)) {
            assertThat(download.length()).isEmpty();
            assertThat(download.readAllBytes()).asString(US_ASCII).isEqualTo("hello world");
        }
    }

    @Test
    void an_empty_body_is_an_empty_stream() throws IOException {
        serverThat(exchange -> exchange.status(200));
        assertThat(download()).isEmpty();
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
        try (HttpDownload download = downloader.download(new HttpSource(server.url("/"), Optional.empty()), TARGET)) {
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
                try (HttpDownload download =
                        patient.download(new HttpSource(server.url("/"), Optional.empty()), TARGET)) {
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
