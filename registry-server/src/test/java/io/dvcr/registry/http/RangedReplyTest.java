package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.RangeNotSatisfiable;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110, sections 13.1.5 and 14, of the ten bytes {@code 0123456789}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RangedReplyTest {
    private static final String CONTENT = "0123456789";
    private static final Client CLIENT = new Client(InetAddress.getLoopbackAddress(), Optional.empty());
    private static final RangedReply TEN = new RangedReply(10, "a/b", "tag");

    private static Request request(boolean isHead, Map<String, String> headers) {
        return new Request(
                isHead, "/", Map.of(), Map.of(), headers, CLIENT, Caller.NOBODY, InputStream.nullInputStream());
    }

    private static Reply get(String range) throws IOException {
        return TEN.to(request(false, Map.of("range", range)), RangedReplyTest::part);
    }

    private static Reply.Body part(ByteRange range) {
        return new Reply.Body.Bytes(
                CONTENT.substring((int) range.offset(), (int) range.end()).getBytes(US_ASCII));
    }

    private static String text(Reply reply) {
        return new String(((Reply.Body.Bytes) reply.body()).content(), US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0-0",
        "bytes=0-9, 0123456789, 0-9",
        "bytes=2-4, 234, 2-4",
        "bytes=9-9, 9, 9-9",
        "bytes=7-, 789, 7-9",
        "bytes=0-, 0123456789, 0-9",
        "bytes=7-10, 789, 7-9",
        "bytes=7-999999999999999999, 789, 7-9",
        "bytes=-1, 9, 9-9",
        "bytes=-4, 6789, 6-9",
        "bytes=-10, 0123456789, 0-9",
        "bytes=-11, 0123456789, 0-9",
        "bytes=-999999999999999999, 0123456789, 0-9",
        "Bytes=2-4, 234, 2-4",
        "bytes= 2-4, 234, 2-4",
        "bytes=002-04, 234, 2-4",
    })
    void one_range_is_sent_alone(String range, String expected, String contentRange) throws IOException {
        Reply reply = get(range);
        assertThat(reply.status()).isEqualTo(206);
        assertThat(text(reply)).isEqualTo(expected);
        assertThat(reply.headers())
                .containsEntry("Content-Range", "bytes " + contentRange + "/10")
                .containsEntry("ETag", "\"tag\"")
                .containsEntry("Content-Type", "a/b")
                .containsEntry("Accept-Ranges", "bytes");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=0-1,4-5",
                "bytes=0-0,-1",
                "bytes= 0-1 , 4-5 ",
                "items=0-1",
                "bytes",
                "0-4",
                "",
            })
    void several_ranges_and_other_units_are_ignored(String range) throws IOException {
        Reply reply = get(range);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(text(reply)).isEqualTo(CONTENT);
        assertThat(reply.headers()).doesNotContainKey("Content-Range").containsEntry("Accept-Ranges", "bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-10", "bytes=11-20", "bytes=999999999999999999-", "bytes=-0"})
    void a_range_without_a_byte_is_not_satisfiable(String range) {
        assertThatThrownBy(() -> get(range))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error())
                .isEqualTo(new RangeNotSatisfiable(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes=",
                "bytes=-",
                "bytes=4-2",
                "bytes=a-b",
                "bytes=1",
                "bytes=--1",
                "bytes=1-2-3",
                "bytes=0x1-0x2",
                "bytes=１-２",
                "bytes=-1-2",
                "bytes=0-1,x",
                "bytes=,",
                "bytes=99999999999999999999-",
            })
    void a_malformed_range_is_not_satisfiable(String range) {
        a_range_without_a_byte_is_not_satisfiable(range);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-", "bytes=-1", "bytes=0-0"})
    void of_nothing_there_is_no_range(String range) throws IOException {
        RangedReply empty = new RangedReply(0, "a/b", "tag");
        assertThatThrownBy(() -> empty.to(request(false, Map.of("Range", range)), RangedReplyTest::part))
                .isInstanceOf(RegistryException.class);
        assertThat(empty.to(request(false, Map.of()), RangedReplyTest::part).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"tag\" | 206",
                "\"other\" | 200",
                "W/\"tag\" | 200",
                "tag | 200",
                "* | 200",
                "Mon, 05 Jan 2026 10:00:00 GMT | 200",
            })
    void if_range_sends_the_part_only_of_the_same_content(String ifRange, int status) throws IOException {
        Map<String, String> headers = new HashMap<>(Map.of("Range", "bytes=2-4", "If-Range", ifRange));
        assertThat(TEN.to(request(false, headers), RangedReplyTest::part).status())
                .isEqualTo(status);
    }

    @Test
    void if_range_of_other_content_makes_a_range_behind_the_end_harmless() throws IOException {
        Map<String, String> headers = Map.of("Range", "bytes=10-", "If-Range", "\"other\"");
        assertThat(TEN.to(request(false, headers), RangedReplyTest::part).status())
                .isEqualTo(200);
    }

    @Test
    void if_range_without_a_range_means_nothing() throws IOException {
        assertThat(TEN.to(request(false, Map.of("If-Range", "\"tag\"")), RangedReplyTest::part)
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=2-4", "bytes=10-"})
    void a_head_has_no_range_and_reads_nothing(String range) throws IOException {
        Reply reply = TEN.to(request(true, Map.of("Range", range)), _ -> {
            throw new AssertionError("the content was opened");
        });
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(new Reply.Body.None(10));
    }
}
