package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.source.SourceError.Changed;
import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.importers.source.WebServer.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads as several ranges at once, and what happens where that does not go. */
class HttpRangesTest extends DownloadTests {
    private static final byte[] LARGE = large(1);
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");
    private static final String STRONG = "ETag: \"1\"";
    private static final String RANGES = "Accept-Ranges: bytes";

    private HttpDownloader parallel;

    private static byte[] large(int seed) {
        byte[] content = new byte[(40 << 20) + 4711];
        new Random(seed).nextBytes(content);
        return content;
    }

    @BeforeEach
    void openParallel() throws IOException {
        parallel = HttpDownloader.with(settings(new Lanes(4, Long.MAX_VALUE)), true);
    }

    private static DownloadSettings settings(Lanes lanes) {
        DownloadPatience patience = new DownloadPatience(Duration.ofSeconds(5), QUICK);
        return new DownloadSettings(
                patience, lanes, List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    @AfterEach
    void closeParallel() throws IOException {
        parallel.close();
    }

    private byte[] downloadLarge() throws IOException {
        try (HttpDownload download = parallel.download(new HttpSource(server.url("/x"), Optional.empty()), TARGET)) {
            return download.readAllBytes();
        }
    }

    /** The range that is asked for, if it has an end. */
    private static Optional<int[]> range(Exchange exchange) {
        Matcher range = RANGE.matcher(exchange.header("Range").orElse(""));
        return range.matches()
                ? Optional.of(new int[] {Integer.parseInt(range.group(1)), Integer.parseInt(range.group(2)) + 1})
                : Optional.empty();
    }

    /** Ranges with an end as a good server answers them, all else by {@code otherwise}. */
    private static Behaviour ranged(byte[] content, Behaviour otherwise) {
        return exchange -> {
            Optional<int[]> range = range(exchange);
            if (range.isPresent()) {
                sendRange(exchange, content, range.get()[0], range.get()[1]);
            } else {
                otherwise.answer(exchange);
            }
        };
    }

    private static void sendRange(Exchange exchange, byte[] content, int from, int to) throws IOException {
        exchange.head(
                206,
                "Content-Length: " + (to - from),
                "Content-Range: bytes " + from + "-" + (to - 1) + "/" + content.length,
                STRONG);
        exchange.write(Arrays.copyOfRange(content, from, to));
    }

    private static void sendAll(Exchange exchange) throws IOException {
        exchange.head(200, "Content-Length: " + LARGE.length, STRONG, RANGES);
        exchange.write(LARGE);
    }

    /** One of {@code otherwise} if it is about a range with an end, else what resumes and what begins. */
    private static Behaviour refusing(Behaviour otherwise) {
        return exchange -> {
            if (range(exchange).isPresent()) {
                otherwise.answer(exchange);
            } else if (exchange.header("Range").isPresent()) {
                sendRange(exchange, LARGE, exchange.rangeStart(), LARGE.length);
            } else {
                sendAll(exchange);
            }
        };
    }

    /** Which no one gets past alone: three ranges are asked for while none is answered. */
    @Test
    void ranges_are_fetched_at_once_and_come_in_order() throws IOException {
        CyclicBarrier three = new CyclicBarrier(3);
        serverThat(exchange -> {
            if (range(exchange).map(range -> range[0] < 33 << 20).orElse(false)) {
                try {
                    three.await();
                } catch (BrokenBarrierException e) {
                    throw new IOException(e);
                }
            }
            ranged(LARGE, HttpRangesTest::sendAll).answer(exchange);
        });
        assertThat(downloadLarge()).isEqualTo(LARGE);
        assertThat(server.requests()).hasSizeBetween(4, 5);
        assertThat(server.requests().stream().skip(1))
                .allSatisfy(request -> assertThat(request.header("If-Range")).contains("\"1\""));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 403, 404, 416, 429, 503})
    void a_server_that_refuses_them_is_read_in_one_stream(int status) throws IOException {
        serverThat(refusing(exchange -> exchange.status(status)));
        assertThat(downloadLarge()).isEqualTo(LARGE);
        assertThat(server.requests().getLast().header("Range").orElseThrow()).matches("bytes=\\d+-");
    }

    @Test
    void a_range_that_is_cut_is_read_on_in_one_stream() throws IOException {
        serverThat(refusing(exchange -> {
            int[] range = range(exchange).orElseThrow();
            exchange.head(
                    206,
                    "Content-Length: " + (range[1] - range[0]),
                    "Content-Range: bytes " + range[0] + "-" + (range[1] - 1) + "/" + LARGE.length,
                    STRONG);
            exchange.write(Arrays.copyOfRange(LARGE, range[0], range[0] + 1000));
        }));
        assertThat(downloadLarge()).isEqualTo(LARGE);
    }

    @Test
    void a_file_that_changed_is_not_put_together_of_two() throws IOException {
        byte[] other = large(2);
        serverThat(exchange -> {
            if (server.requests().size() == 1) {
                sendAll(exchange);
            } else {
                exchange.head(200, "Content-Length: " + other.length, "ETag: \"2\"", RANGES);
                exchange.write(other);
            }
        });
        assertFails(this::downloadLarge, Changed.class, "could not be resumed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ETag: W/\"1\"", "Last-Modified: Mon, 05 Jan 2026 10:00:00 GMT", "X-Y: z"})
    void who_cannot_tell_versions_apart_for_certain_is_asked_for_one_stream(String validator) throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + LARGE.length, validator, RANGES);
            exchange.write(LARGE);
        });
        assertThat(downloadLarge()).isEqualTo(LARGE);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void a_source_that_is_fast_enough_stays_with_one_connection() throws IOException {
        parallel.close();
        parallel = HttpDownloader.with(settings(new Lanes(4, 0)), true);
        serverThat(ranged(LARGE, HttpRangesTest::sendAll));
        assertThat(downloadLarge()).isEqualTo(LARGE);
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"4, 100, 99, true", "4, 100, 100, false", "4, 0, 0, false", "1, 100, 1, false"})
    void other_connections_pay_where_one_brings_little(int connections, long enough, long bytes, boolean pay) {
        assertThat(new Lanes(connections, enough).pay(bytes, 1_000_000_000L)).isEqualTo(pay);
    }

    @Test
    void closing_early_waits_for_no_range() throws IOException {
        serverThat(ranged(LARGE, HttpRangesTest::sendAll));
        try (HttpDownload download = parallel.download(new HttpSource(server.url("/x"), Optional.empty()), TARGET)) {
            assertThat(download.readNBytes(1000)).hasSize(1000);
        }
    }
}
