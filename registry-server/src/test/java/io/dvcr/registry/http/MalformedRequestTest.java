package io.dvcr.registry.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RawClient.RawReply;
import io.dvcr.registry.RegistryTest;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not HTTP/1.1 (RFC 9112), or only nearly. */
class MalformedRequestTest extends RegistryTest {
    private static final String HOST = "\r\nHost: registry";

    /** Sends text in which {@code \r}, {@code \n} and {@code \0} are written as in Java, with an empty line after it. */
    private RawClient sent(String head) throws IOException {
        String text = head.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
        return new RawClient(server).send((text + "\r\n\r\n").getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE",
                "GET",
                "GET ",
                "GET /v2/ HTTP/1.1",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nHost: y",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nno colon here",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nX : y",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\n: y",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nX: a\\0b",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: -5",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: +5",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5 5",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999999999999999999",
                "GET /v2/ HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5\\r\\nContent-Length: 6",
                "POST /v2/a/blobs/uploads/ HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 5\\r\\nTransfer-Encoding: chunked",
                "POST /v2/a/blobs/uploads/ HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip",
                "POST /v2/a/blobs/uploads/ HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: xchunked",
                "POST /v2/a/blobs/uploads/ HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: gzip, chunked",
                "POST /v2/a/blobs/uploads/ HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\nTransfer-Encoding: chunked",
            })
    void what_is_not_well_formed_is_refused_and_the_connection_closed(String head) throws IOException {
        try (RawClient client = sent(head)) {
            RawReply reply = client.reply();
            assertThat(reply.status()).as(reply.body()).isEqualTo(400);
            assertThat(reply.header("Connection")).isEqualTo("close");
            assertThat(reply.body()).containsAnyOf("\"errors\"", "\"detail\"").doesNotContain("Exception", "io.netty");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /v2/%zz/tags/list HTTP/1.1            | 400 | NAME_INVALID",
                "GET /v2/a%2Fb/tags/list HTTP/1.1          | 400 | NAME_INVALID",
                "GET /v2/a/tags/list?n=%zz HTTP/1.1        | 400 | UNSUPPORTED",
                "GET /v2/a/blobs/sha256:x HTTP/1.1         | 400 | DIGEST_INVALID",
                "TRACE /v2/ HTTP/1.1                       | 405 | UNSUPPORTED",
                "get /v2/ HTTP/1.1                         | 405 | UNSUPPORTED",
                "CONNECT registry:443 HTTP/1.1             | 404 | NOT_FOUND",
                "OPTIONS * HTTP/1.1                        | 404 | NOT_FOUND",
                "GET http://registry/v2/A/tags/list HTTP/1.1 | 400 | NAME_INVALID",
            })
    void what_is_well_formed_but_makes_no_sense_is_refused_and_the_connection_goes_on(
            String line, int status, String code) throws IOException {
        try (RawClient client = sent(line + HOST)) {
            RawReply reply = client.reply();
            assertThat(reply.status()).as(reply.body()).isEqualTo(status);
            assertThat(reply.body()).contains(code);
            assertThat(client.head("GET /healthz HTTP/1.1").reply().body()).isEqualTo("ok\n");
        }
    }

    @Test
    void a_target_that_is_too_long_is_refused() throws IOException {
        try (RawClient client = sent("GET /v2/" + "a".repeat(9_000) + " HTTP/1.1" + HOST)) {
            RawReply reply = client.reply();
            assertThat(reply.status()).isEqualTo(414);
            assertThat(reply.body()).contains("longer than the limit of 8192 bytes");
        }
    }

    @Test
    void headers_that_are_too_large_are_refused() throws IOException {
        try (RawClient client = sent("GET /v2/ HTTP/1.1" + HOST + "\r\nX: " + "a".repeat(33_000))) {
            RawReply reply = client.reply();
            assertThat(reply.status()).isEqualTo(431);
            assertThat(reply.body()).contains("\"errors\"", "larger than the limit of 32768 bytes");
        }
    }

    @Test
    void a_version_that_does_not_exist_is_refused() throws IOException {
        try (RawClient client = sent("GET /v2/ HTTP/9.9" + HOST)) {
            assertThat(client.reply().status()).isEqualTo(501);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @Test
    void a_request_that_could_be_taken_for_two_is_never_followed_by_another() throws IOException {
        String smuggled = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
        try (RawClient client = sent("POST /v2/a/blobs/uploads/ HTTP/1.1" + HOST + "\r\nContent-Length: "
                + (5 + smuggled.length()) + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled)) {
            assertThat(client.reply().status()).isEqualTo(400);
            assertThat(client.isClosedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRI * HTTP/2.0\\r\\n\\r\\nSM", // HTTP/2, without having asked
                "\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0",
                "\u0016\u0003\u0001\\0\u00a5\u0001\\0\\0\u00a1\u0003\u0003", // TLS
            })
    void what_is_another_protocol_is_hung_up_on(String bytes) throws IOException {
        try (RawClient client = sent(bytes)) {
            while (!client.isClosedByServer()) {
                assertThat(client).isNotNull(); // whatever it says first
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\\r\\nhello\\r\\n0",
                "-5\\r\\nhello\\r\\n0",
                "5\\r\\nhelloworld\\r\\n0",
                "ffffffffffffffffff\\r\\nx"
            })
    void a_chunked_body_that_is_not_well_formed_ends_the_connection(String body) throws IOException {
        try (RawClient client = sent("PUT /v2/" + repository + "/manifests/x HTTP/1.1" + HOST
                + "\r\nContent-Type: application/vnd.oci.image.index.v1+json"
                + "\r\nTransfer-Encoding: chunked\r\n\r\n" + body)) {
            while (!client.isClosedByServer()) {
                assertThat(client).isNotNull();
            }
        }
        assertThat(server.get("/v2/" + repository + "/manifests/x").statusCode())
                .isEqualTo(404);
    }

    @Test
    void http_1_0_is_answered() throws IOException {
        try (RawClient client = sent("GET /healthz HTTP/1.0")) {
            assertThat(client.reply().body()).isEqualTo("ok\n");
            assertThat(client.isClosedByServer()).isTrue();
        }
    }
}
