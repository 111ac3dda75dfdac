package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pushing a blob in chunks". */
class PushingABlobInChunksTest extends RegistryTest {
    private static final byte[] CONTENT = bytes(1_000_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);
    private static final byte[] NOTHING = new byte[0];

    private Uploads uploads() {
        return new Uploads(server, repository);
    }

    private HttpResponse<byte[]> patch(String location, int start, int end) throws IOException {
        return uploads().patch(location, CONTENT, start, end);
    }

    private void assertFinishes(String location) throws IOException {
        uploads().assertCreated(uploads().finish(location, DIGEST, NOTHING), DIGEST);
        uploads().assertStored(DIGEST, CONTENT);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_blob_is_pushed_in_chunks_under_the_algorithm_that_was_announced(Algorithm algorithm) throws IOException {
        Digest digest = Uploads.digest(algorithm, CONTENT);
        String location = uploads().begin("?digest-algorithm=" + algorithm.prefix());
        HttpResponse<byte[]> first = patch(location, 0, 300_000);
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(header(first, "Range")).isEqualTo("0-299999");
        assertThat(header(first, "Location")).isEqualTo(location);
        HttpResponse<byte[]> second = patch(header(first, "Location"), 300_000, 700_000);
        assertThat(header(second, "Range")).isEqualTo("0-699999");
        uploads().assertNotStored(digest);

        HttpResponse<byte[]> reply =
                uploads().finish(location, digest, Arrays.copyOfRange(CONTENT, 700_000, 1_000_000));
        uploads().assertCreated(reply, digest);
        uploads().assertStored(digest, CONTENT);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void the_announcement_binds_nobody(Algorithm announced) throws IOException {
        Algorithm other = announced == Algorithm.SHA256 ? Algorithm.SHA512 : Algorithm.SHA256;
        Digest digest = Uploads.digest(other, CONTENT);
        String location = uploads().begin("?digest-algorithm=" + announced.prefix());
        patch(location, 0, 1_000_000);
        uploads().assertCreated(uploads().finish(location, digest, NOTHING), digest);
        uploads().assertStored(digest, CONTENT);
    }

    @Test
    void a_blob_of_unknown_length_comes_as_a_stream() throws IOException {
        String location = uploads().begin();
        HttpResponse<byte[]> reply =
                server.send("PATCH", location, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(CONTENT)));
        assertThat(reply.statusCode()).isEqualTo(202);
        assertThat(header(reply, "Range")).isEqualTo("0-999999");
        assertFinishes(location);
    }

    @Test
    void the_last_chunk_may_come_with_the_put_or_before_it() throws IOException {
        String location = uploads().begin();
        patch(location, 0, 999_999);
        HttpResponse<byte[]> reply = server.send(
                "PUT", location + "?digest=" + DIGEST, new byte[] {CONTENT[999_999]}, "Content-Range", "999999-999999");
        uploads().assertCreated(reply, DIGEST);

        String other = uploads().begin();
        patch(other, 0, 1_000_000);
        assertFinishes(other);
    }

    @Test
    void an_upload_says_how_far_it_is() throws IOException {
        String location = uploads().begin();
        assertThat(uploads().offset(location)).isZero();
        patch(location, 0, 300_000);
        assertThat(uploads().offset(location)).isEqualTo(300_000);
        HttpResponse<byte[]> head = server.send("HEAD", location);
        assertThat(head.statusCode()).isEqualTo(204);
        assertThat(header(head, "Range")).isEqualTo("0-299999");
    }

    @ParameterizedTest
    @CsvSource({"300001, 400000", "0, 300000", "299999, 400000", "999999, 1000000"})
    void a_chunk_that_leaves_a_gap_or_comes_twice_is_refused_with_the_place_to_go_on(int start, int end)
            throws IOException {
        String location = uploads().begin();
        patch(location, 0, 300_000);
        HttpResponse<byte[]> reply = patch(location, start, end);
        assertOciError(reply, 416, "BLOB_UPLOAD_INVALID");
        assertThat(header(reply, "Range")).isEqualTo("0-299999");
        assertThat(header(reply, "Location")).isEqualTo(location);

        patch(location, 300_000, 1_000_000);
        assertFinishes(location);
    }

    @Test
    void a_last_chunk_that_does_not_follow_is_refused_and_the_upload_goes_on() throws IOException {
        String location = uploads().begin();
        patch(location, 0, 300_000);
        byte[] rest = Arrays.copyOfRange(CONTENT, 300_000, 1_000_000);
        String target = location + "?digest=" + DIGEST;
        HttpResponse<byte[]> reply = server.send("PUT", target, rest, "Content-Range", "300001-1000000");
        assertOciError(reply, 416, "BLOB_UPLOAD_INVALID");
        assertThat(header(reply, "Range")).isEqualTo("0-299999");
        assertThat(header(reply, "Location")).isEqualTo(location);

        uploads().assertCreated(server.send("PUT", target, rest, "Content-Range", "300000-999999"), DIGEST);
    }

    @ParameterizedTest
    @CsvSource({
        "0-9, SIZE_INVALID",
        "0-99, SIZE_INVALID",
        "5-0, BLOB_UPLOAD_INVALID",
        "0-, BLOB_UPLOAD_INVALID",
        "a-b, BLOB_UPLOAD_INVALID",
        "0, BLOB_UPLOAD_INVALID",
        "'', BLOB_UPLOAD_INVALID",
        "-1-19, BLOB_UPLOAD_INVALID",
        "0-99999999999999999999, BLOB_UPLOAD_INVALID",
    })
    void a_content_range_that_does_not_fit_is_refused_and_the_upload_goes_on(String range, String code)
            throws IOException {
        String location = uploads().begin();
        assertOciError(server.send("PATCH", location, bytes(20), "Content-Range", range), 400, code);
        assertThat(uploads().offset(location)).isZero();
        patch(location, 0, 1_000_000);
        assertFinishes(location);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-999999/1000000", "bytes 0-999999/*", "bytes=0-999999"})
    void a_content_range_as_http_has_it_is_understood(String range) throws IOException {
        String location = uploads().begin();
        assertThat(server.send("PATCH", location, CONTENT, "Content-Range", range)
                        .statusCode())
                .isEqualTo(202);
        assertFinishes(location);
    }

    @Test
    void of_a_stream_that_is_longer_than_its_range_nothing_beyond_is_taken() throws IOException {
        String location = uploads().begin();
        HttpResponse<byte[]> reply = server.send(
                "PATCH",
                location,
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(CONTENT)),
                "Content-Range",
                "0-299999");
        assertOciError(reply, 400, "SIZE_INVALID");
        assertThat(uploads().offset(location)).isEqualTo(300_000);
        patch(location, 300_000, 1_000_000);
        assertFinishes(location);
    }

    @Test
    void the_wrong_digest_is_refused_and_the_right_one_still_taken() throws IOException {
        String location = uploads().begin();
        patch(location, 0, 1_000_000);
        for (Algorithm algorithm : Algorithm.values()) {
            Digest wrong = Uploads.digest(algorithm, NOTHING);
            assertOciError(uploads().finish(location, wrong, NOTHING), 400, "DIGEST_INVALID");
        }
        assertThat(uploads().offset(location)).isEqualTo(1_000_000);
        assertFinishes(location);
    }

    @Test
    void an_upload_belongs_to_its_repository() throws IOException {
        String elsewhere = uploads().begin().replace(repository, "other");
        assertOciError(server.get(elsewhere), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(uploads().finish(elsewhere, DIGEST, CONTENT), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "11111111-2222-3333-4444-555555555555", "1-1-1-1-1", "%2e%2e", "..", "-"})
    void an_upload_that_was_never_begun_is_unknown(String id) throws IOException {
        assertOciError(
                server.send("PATCH", "/v2/" + repository + "/blobs/uploads/" + id, bytes(1)),
                404,
                "BLOB_UPLOAD_UNKNOWN");
    }
}
