package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pulling blobs". */
class PullingBlobsTest extends RegistryTest {

    private HttpResponse<byte[]> pull(Digest digest, String... headers) throws IOException {
        return server.get("/v2/" + repository + "/blobs/" + digest, headers);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 3_000_000})
    void a_blob_is_pulled_as_it_was_pushed(int size) throws IOException {
        byte[] content = bytes(size);
        Digest digest = server.pushBlob(repository, content);
        HttpResponse<byte[]> reply = pull(digest);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(content);
        assertThat(header(reply, "Content-Length")).isEqualTo("" + size);
        assertThat(header(reply, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(header(reply, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(reply, "ETag")).isEqualTo("\"" + digest + "\"");
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=1000-50999, 1000, 50999",
        "bytes=50000-, 50000, 99999",
        "bytes=-10, 99990, 99999",
        "bytes=0-0, 0, 0",
        "bytes=99999-999999, 99999, 99999",
    })
    void a_part_of_a_blob_is_pulled_by_its_range(String range, int first, int last) throws IOException {
        byte[] content = bytes(100_000);
        Digest digest = server.pushBlob(repository, content);
        HttpResponse<byte[]> reply = pull(digest, "Range", range);

        assertThat(reply.statusCode()).isEqualTo(206);
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes " + first + "-" + last + "/100000");
        assertThat(header(reply, "Content-Length")).isEqualTo("" + (last - first + 1));
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(reply.body()).isEqualTo(Arrays.copyOfRange(content, first, last + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=5-2", "bytes=x-y", "bytes=-0"})
    void a_range_that_is_malformed_or_behind_the_end_is_not_satisfiable(String range) throws IOException {
        Digest digest = server.pushBlob(repository, bytes(10));
        HttpResponse<byte[]> reply = pull(digest, "Range", range);
        assertOciError(reply, 416, "UNSUPPORTED");
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes */10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lines=1-2", "nonsense", "bytes=0-1,3-4"})
    void several_ranges_or_another_unit_get_the_whole_blob(String range) throws IOException {
        Digest digest = server.pushBlob(repository, bytes(10));
        HttpResponse<byte[]> reply = pull(digest, "Range", range);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(bytes(10));
    }

    @Test
    void a_blob_that_is_not_there_is_unknown() throws IOException {
        assertOciError(pull(Digest.sha256(bytes(10))), 404, "BLOB_UNKNOWN");
    }

    @Test
    void a_blob_of_another_repository_is_unknown() throws IOException {
        Digest digest = server.pushBlob("other", bytes(10));
        assertOciError(pull(digest), 404, "BLOB_UNKNOWN");
    }

    @Test
    void a_client_that_has_the_blob_is_not_sent_it_again() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(10));
        String tag = "\"" + digest + "\"";
        for (String[] headers : new String[][] {{"If-None-Match", tag}, {"If-None-Match", tag, "Range", "bytes=99-"}}) {
            HttpResponse<byte[]> reply = pull(digest, headers);
            assertThat(reply.statusCode()).isEqualTo(304);
            assertThat(reply.body()).isEmpty();
            assertThat(header(reply, "ETag")).isEqualTo(tag);
            assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
        }
        assertThat(pull(digest, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    }

    @Test
    void behind_a_reply_without_a_body_the_connection_goes_on() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(10));
        try (RawClient client = new RawClient(server)) {
            var reply = client.head(
                            "GET /v2/" + repository + "/blobs/" + digest + " HTTP/1.1",
                            "If-None-Match: \"" + digest + "\"")
                    .reply();
            assertThat(reply.status()).isEqualTo(304);
            assertThat(reply.header("Content-Length")).isEqualTo("(none)");
            assertThat(client.head("GET /v2/ HTTP/1.1").reply().body()).isEqualTo("{}");
        }
    }
}
