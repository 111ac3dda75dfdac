package io.dvcr.importers.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.source.SourceError.Changed;
import io.dvcr.importers.source.SourceError.Unreachable;
import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.importers.source.WebServer.Exchange;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from real servers that cut, stall and change in the middle. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class HttpResumeTest extends DownloadTests {
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
        serverThat(HttpResumeTest::drip);
        assertFails(this::download, Unreachable.class, "it sent less than 307 bytes in 300 ms");
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void a_source_that_drips_for_a_while_is_asked_again() throws IOException {
        serverThatFirst(HttpResumeTest::drip, exchange -> exchange.serve(CONTENT, "\"1\""));
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
}
