package io.dvcr.registry.oci;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, sections "Pushing blobs" and "Mounting a blob from another repository". */
class PushBlobTest extends RegistryTest {
    private static final byte[] CONTENT = bytes(1_000_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    /** Begins an upload and returns its location. */
    private String begin() throws IOException {
        HttpResponse<byte[]> reply = server.send("POST", "/v2/" + repository + "/blobs/uploads/");
        assertThat(reply.statusCode()).isEqualTo(202);
        assertThat(header(reply, "Range")).isEqualTo("0-0");
        assertThat(header(reply, "Content-Length")).isEqualTo("0");
        String location = header(reply, "Location");
        assertThat(location).startsWith("/v2/" + repository + "/blobs/uploads/");
        assertThat(location).endsWith(header(reply, "Docker-Upload-UUID"));
        return location;
    }

    private HttpResponse<byte[]> patch(String location, int from, int to) throws IOException {
        return server.send(
                "PATCH",
                location,
                Arrays.copyOfRange(CONTENT, from, to),
                "Content-Type",
                "application/octet-stream",
                "Content-Range",
                from + "-" + (to - 1));
    }

    private HttpResponse<byte[]> finish(String location, Digest digest, byte[] rest) throws IOException {
        return server.send("PUT", location + "?digest=" + digest, rest);
    }

    private void assertCreated(HttpResponse<byte[]> reply, Digest digest) {
        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(header(reply, "Location")).isEqualTo("/v2/" + repository + "/blobs/" + digest);
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    private void assertStored() throws IOException {
        assertThat(server.get("/v2/" + repository + "/blobs/" + DIGEST).body()).isEqualTo(CONTENT);
    }

    private void assertNotStored() throws IOException {
        assertOciError(server.get("/v2/" + repository + "/blobs/" + DIGEST), 404, "BLOB_UNKNOWN");
    }

    @Test
    void a_blob_is_pushed_by_post_and_put() throws IOException {
        assertCreated(finish(begin(), DIGEST, CONTENT), DIGEST);
        assertStored();
    }

    @Test
    void a_blob_is_pushed_by_a_single_post() throws IOException {
        assertCreated(server.send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + DIGEST, CONTENT), DIGEST);
        assertStored();
    }

    @Test
    void the_slash_behind_uploads_is_optional() throws IOException {
        assertThat(server.send("POST", "/v2/" + repository + "/blobs/uploads").statusCode())
                .isEqualTo(202);
    }

    @Test
    void a_blob_of_unknown_length_is_pushed() throws IOException {
        String location = begin();
        HttpResponse<byte[]> reply =
                server.send("PATCH", location, BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(CONTENT)));
        assertThat(reply.statusCode()).isEqualTo(202);
        assertThat(header(reply, "Range")).isEqualTo("0-999999");
        assertCreated(finish(location, DIGEST, new byte[0]), DIGEST);
        assertStored();
    }

    @Test
    void an_empty_blob_is_pushed_either_way() throws IOException {
        Digest empty = Digest.sha256(new byte[0]);
        assertCreated(finish(begin(), empty, new byte[0]), empty);
        assertCreated(server.send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + empty), empty);
        assertThat(server.get("/v2/" + repository + "/blobs/" + empty).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_blob_is_known_by_sha512() throws IOException {
        Digest sha512 = Digest.of(Algorithm.SHA512, Algorithm.SHA512.newHash().digest(CONTENT));
        assertCreated(finish(begin(), sha512, CONTENT), sha512);
        assertThat(server.get("/v2/" + repository + "/blobs/" + sha512).body()).isEqualTo(CONTENT);
    }

    @Test
    void a_blob_is_pushed_in_chunks() throws IOException {
        String location = begin();
        HttpResponse<byte[]> first = patch(location, 0, 300_000);
        assertThat(first.statusCode()).isEqualTo(202);
        assertThat(header(first, "Range")).isEqualTo("0-299999");
        assertThat(header(first, "Location")).isEqualTo(location);
        HttpResponse<byte[]> second = patch(header(first, "Location"), 300_000, 700_000);
        assertThat(header(second, "Range")).isEqualTo("0-699999");
        assertNotStored();
        assertCreated(finish(location, DIGEST, Arrays.copyOfRange(CONTENT, 700_000, 1_000_000)), DIGEST);
        assertStored();
    }

    @Test
    void the_last_chunk_may_come_with_a_range_or_before_the_end() throws IOException {
        String location = begin();
        patch(location, 0, 999_999);
        HttpResponse<byte[]> reply = server.send(
                "PUT", location + "?digest=" + DIGEST, new byte[] {CONTENT[999_999]}, "Content-Range", "999999-999999");
        assertCreated(reply, DIGEST);

        String other = begin();
        patch(other, 0, 1_000_000);
        assertCreated(server.send("PUT", other + "?digest=" + DIGEST), DIGEST);
    }

    @Test
    void an_upload_says_how_far_it_is() throws IOException {
        String location = begin();
        patch(location, 0, 300_000);
        HttpResponse<byte[]> reply = server.get(location);
        assertThat(reply.statusCode()).isEqualTo(204);
        assertThat(header(reply, "Range")).isEqualTo("0-299999");
        assertThat(header(reply, "Location")).isEqualTo(location);
    }

    @ParameterizedTest
    @CsvSource({"300001, 400000", "0, 300000", "299999, 400000", "999999, 1000000"})
    void a_chunk_that_leaves_a_gap_or_comes_twice_is_refused_with_the_place_to_go_on(int from, int to)
            throws IOException {
        String location = begin();
        patch(location, 0, 300_000);
        HttpResponse<byte[]> reply = patch(location, from, to);
        assertOciError(reply, 416, "BLOB_UPLOAD_INVALID");
        assertThat(header(reply, "Range")).isEqualTo("0-299999");

        patch(location, 300_000, 1_000_000);
        assertCreated(finish(location, DIGEST, new byte[0]), DIGEST);
    }

    @ParameterizedTest
    @CsvSource({
        "0-9, 20, SIZE_INVALID",
        "0-99, 20, SIZE_INVALID",
        "5-0, 20, BLOB_UPLOAD_INVALID",
        "0-, 20, UNSUPPORTED",
        "a-b, 20, UNSUPPORTED",
        "0, 20, UNSUPPORTED",
        "-1-19, 20, UNSUPPORTED",
        "0-99999999999999999999, 20, UNSUPPORTED",
    })
    void a_content_range_that_does_not_fit_is_refused(String range, int length, String code) throws IOException {
        HttpResponse<byte[]> reply = server.send("PATCH", begin(), bytes(length), "Content-Range", range);
        assertOciError(reply, code.equals("BLOB_UPLOAD_INVALID") ? 416 : 400, code);
    }

    @Test
    void the_wrong_digest_is_refused_and_the_right_one_still_taken() throws IOException {
        String location = begin();
        patch(location, 0, 1_000_000);
        assertOciError(finish(location, Digest.sha256(new byte[0]), new byte[0]), 400, "DIGEST_INVALID");
        assertCreated(finish(location, DIGEST, new byte[0]), DIGEST);
    }

    @Test
    void a_single_post_with_the_wrong_digest_stores_nothing() throws IOException {
        assertOciError(
                server.send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + DIGEST, bytes(10)),
                400,
                "DIGEST_INVALID");
        assertNotStored();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?digest=", "?digest=abc", "?digest=md5:d41d8cd98f00b204e9800998ecf8427e"})
    void an_upload_is_finished_with_a_digest_only(String query) throws IOException {
        assertOciError(server.send("PUT", begin() + query, CONTENT), 400, "DIGEST_INVALID");
    }

    @Test
    void a_cancelled_upload_is_gone() throws IOException {
        String location = begin();
        patch(location, 0, 10);
        assertThat(server.send("DELETE", location).statusCode()).isEqualTo(204);
        assertOciError(server.get(location), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(patch(location, 10, 20), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(server.send("DELETE", location), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(finish(location, DIGEST, CONTENT), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void a_finished_upload_is_gone() throws IOException {
        String location = begin();
        finish(location, DIGEST, CONTENT);
        assertOciError(server.get(location), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void an_upload_belongs_to_its_repository() throws IOException {
        String elsewhere = begin().replace(repository, "other");
        assertOciError(server.get(elsewhere), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(finish(elsewhere, DIGEST, CONTENT), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "11111111-2222-3333-4444-555555555555", "1-1-1-1-1", "%2e%2e", "..", "-"})
    void an_upload_that_was_never_begun_is_unknown(String id) throws IOException {
        assertOciError(
                server.send("PATCH", "/v2/" + repository + "/blobs/uploads/" + id, bytes(1)),
                404,
                "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void a_blob_is_mounted_from_another_repository() throws IOException {
        server.pushBlob("mount/source", CONTENT);
        HttpResponse<byte[]> reply =
                server.send("POST", "/v2/" + repository + "/blobs/uploads/?mount=" + DIGEST + "&from=mount/source");
        assertCreated(reply, DIGEST);
        assertStored();
    }

    @ParameterizedTest
    @ValueSource(strings = {"&from=mount/empty", ""})
    void a_mount_that_is_not_possible_becomes_an_upload(String from) throws IOException {
        HttpResponse<byte[]> reply =
                server.send("POST", "/v2/" + repository + "/blobs/uploads/?mount=" + DIGEST + from);
        assertThat(reply.statusCode()).isEqualTo(202);
        assertCreated(finish(header(reply, "Location"), DIGEST, CONTENT), DIGEST);
    }

    @Test
    void the_same_blob_is_pushed_by_many_at_once() throws Exception {
        List<Future<HttpResponse<byte[]>>> pushes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                pushes.add(threads.submit(() -> finish(begin(), DIGEST, CONTENT)));
            }
        }
        for (Future<HttpResponse<byte[]>> push : pushes) {
            assertCreated(push.get(), DIGEST);
        }
        assertStored();
    }

    @Test
    void many_blobs_are_pushed_and_pulled_at_once() throws Exception {
        List<Future<byte[]>> transfers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 24; i++) {
                byte[] content = bytes(500_000 + i);
                transfers.add(threads.submit(() -> {
                    Digest digest = server.pushBlob(repository, content);
                    return server.get("/v2/" + repository + "/blobs/" + digest).body();
                }));
            }
        }
        for (int i = 0; i < 24; i++) {
            assertThat(transfers.get(i).get()).isEqualTo(bytes(500_000 + i));
        }
    }
}
