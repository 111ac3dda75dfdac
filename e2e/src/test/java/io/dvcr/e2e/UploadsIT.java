package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Http;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.RawUpload;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs pushed by the protocol itself: OCI distribution specification 1.1, sections "Push" and "Error Codes". */
@EndToEnd
class UploadsIT {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String EMPTY = "application/vnd.oci.empty.v1+json";
    private static final Duration DEADLINE = Duration.ofSeconds(20);
    private static final byte[] CONTENT = Bytes.random(new Random(42), 5_000_000);
    private static final String DIGEST = Bytes.digest(CONTENT);

    private static DvcrServer server;
    private static Http http;

    @BeforeAll
    static void start() throws Exception {
        server = DvcrServer.registry();
        http = server.http();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void a_blob_comes_in_one_request() throws Exception {
        Answer answer = http.post("/v2/uploads/whole/blobs/uploads/?digest=" + DIGEST, CONTENT);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/v2/uploads/whole/blobs/" + DIGEST);
        assertStored("uploads/whole");
    }

    @Test
    void a_blob_comes_in_two_requests() throws Exception {
        String location = begin("uploads/two");

        Answer answer = http.put(location + "?digest=" + DIGEST, CONTENT);

        assertThat(answer.status()).isEqualTo(201);
        assertStored("uploads/two");
        assertThat(http.get(location).status()).isEqualTo(404);
    }

    @Test
    void a_blob_comes_in_chunks() throws Exception {
        String location = begin("uploads/chunks");
        assertThat(patch(location, 0, 2_000_000).header("Range")).isEqualTo("0-1999999");
        assertThat(patch(location, 2_000_000, 2_000_001).status()).isEqualTo(202);
        Answer progress = http.get(location);
        assertThat(progress.status()).isEqualTo(204);
        assertThat(progress.header("Range")).isEqualTo("0-2000000");

        Answer answer = http.put(
                location + "?digest=" + DIGEST,
                Arrays.copyOfRange(CONTENT, 2_000_001, CONTENT.length),
                "Content-Range",
                "2000001-" + (CONTENT.length - 1));

        assertThat(answer.status()).isEqualTo(201);
        assertStored("uploads/chunks");
    }

    @Test
    void a_blob_may_be_named_by_sha512() throws Exception {
        String digest = Bytes.sha512Digest(CONTENT);

        Answer answer = http.post("/v2/uploads/sha512/blobs/uploads/?digest=" + digest, CONTENT);

        assertThat(answer.status()).isEqualTo(201);
        Bytes.assertSame(
                "the blob", http.get("/v2/uploads/sha512/blobs/" + digest).body(), CONTENT);
    }

    @Test
    void an_upload_that_was_cut_off_goes_on_where_it_stopped() throws Exception {
        String location = begin("uploads/cut");
        assertThat(patch(location, 0, 1_000_000).status()).isEqualTo(202);
        try (RawUpload cut = RawUpload.begin(server.url(), location, 1_000_000, 4_000_000)) {
            cut.send(Arrays.copyOfRange(CONTENT, 1_000_000, 3_500_000));
            Eventually.holds("the server receives", DEADLINE, () -> isReceiving(http.get(location)));
        }

        Eventually.holds("the rest is taken", DEADLINE, () -> {
            Answer progress = http.get(location);
            return progress.status() == 204
                    && patch(location, stored(progress), CONTENT.length).status() == 202;
        });
        assertThat(http.put(location + "?digest=" + DIGEST, new byte[0]).status())
                .isEqualTo(201);
        assertStored("uploads/cut");
    }

    @Test
    void a_chunk_that_does_not_follow_is_refused_and_the_upload_survives() throws Exception {
        String location = begin("uploads/gap");
        assertThat(patch(location, 0, 1_000).status()).isEqualTo(202);

        Answer gap = patch(location, 2_000, 3_000);
        Answer repeated = patch(location, 0, 1_000);

        assertThat(gap.status()).isEqualTo(416);
        assertThat(gap.errorCode()).isEqualTo("BLOB_UPLOAD_INVALID");
        assertThat(gap.header("Range")).isEqualTo("0-999");
        assertThat(repeated.status()).isEqualTo(416);
        assertThat(patch(location, 1_000, CONTENT.length).status()).isEqualTo(202);
        assertThat(http.put(location + "?digest=" + DIGEST, new byte[0]).status())
                .isEqualTo(201);
        assertStored("uploads/gap");
    }

    @Test
    void bytes_that_are_not_those_of_the_digest_become_no_blob() throws Exception {
        String other = Bytes.digest("something else".getBytes(UTF_8));

        Answer whole = http.post("/v2/uploads/mismatch/blobs/uploads/?digest=" + other, CONTENT);
        Answer finished = http.put(begin("uploads/mismatch") + "?digest=" + other, CONTENT);

        assertThat(whole.status()).isEqualTo(400);
        assertThat(whole.errorCode()).isEqualTo("DIGEST_INVALID");
        assertThat(finished.status()).isEqualTo(400);
        assertThat(finished.errorCode()).isEqualTo("DIGEST_INVALID");
        assertThat(http.get("/v2/uploads/mismatch/blobs/" + other).status()).isEqualTo(404);
        assertThat(http.get("/v2/uploads/mismatch/blobs/" + DIGEST).status()).isEqualTo(404);
    }

    @Test
    void a_cancelled_upload_is_gone() throws Exception {
        String location = begin("uploads/cancelled");
        patch(location, 0, 1_000);

        assertThat(http.delete(location).status()).isEqualTo(204);

        assertThat(http.get(location).status()).isEqualTo(404);
        assertThat(http.get(location).errorCode()).isEqualTo("BLOB_UPLOAD_UNKNOWN");
        assertThat(patch(location, 1_000, 2_000).status()).isEqualTo(404);
    }

    @Test
    void a_blob_of_another_repository_is_mounted_without_its_bytes() throws Exception {
        http.post("/v2/uploads/origin/blobs/uploads/?digest=" + DIGEST, CONTENT);

        Answer mounted =
                http.post("/v2/uploads/mounted/blobs/uploads/?mount=" + DIGEST + "&from=uploads/origin", new byte[0]);
        Answer impossible =
                http.post("/v2/uploads/other/blobs/uploads/?mount=" + DIGEST + "&from=uploads/nowhere", new byte[0]);

        assertThat(mounted.status()).isEqualTo(201);
        assertThat(mounted.header("Location")).isEqualTo("/v2/uploads/mounted/blobs/" + DIGEST);
        assertStored("uploads/mounted");
        assertThat(impossible.status())
                .as("a mount that cannot be begins an upload")
                .isEqualTo(202);
        assertThat(http.get("/v2/uploads/other/blobs/" + DIGEST).status()).isEqualTo(404);
    }

    @Test
    void ranges_of_a_blob_can_be_had() throws Exception {
        http.post("/v2/uploads/ranges/blobs/uploads/?digest=" + DIGEST, CONTENT);
        String path = "/v2/uploads/ranges/blobs/" + DIGEST;

        Answer part = http.get(path, "Range", "bytes=1000-1999");
        Answer head = http.head(path);
        Answer outside = http.get(path, "Range", "bytes=" + CONTENT.length + "-");

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 1000-1999/" + CONTENT.length);
        Bytes.assertSame("the part", part.body(), Arrays.copyOfRange(CONTENT, 1000, 2000));
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(CONTENT.length));
        assertThat(head.header("Docker-Content-Digest")).isEqualTo(DIGEST);
        assertThat(outside.status()).isEqualTo(416);
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/Upper/tags/list,                       400, NAME_INVALID",
        "/v2/a//b/tags/list,                        400, NAME_INVALID",
        "/v2/nobody/tags/list,                      404, NAME_UNKNOWN",
        "/v2/nobody/blobs/sha256:123,               400, DIGEST_INVALID",
        "/v2/nobody/blobs/md5:900150983cd24fb0d6963f7d28e17f72, 400, DIGEST_INVALID",
        "/v2/nobody/manifests/latest,               404, MANIFEST_UNKNOWN",
        "/v2/nobody/manifests/.hidden,              400, MANIFEST_INVALID",
        "/v2/nobody/blobs/uploads/no-such-upload,   404, BLOB_UPLOAD_UNKNOWN",
    })
    void what_is_malformed_or_unknown_is_told_by_the_codes_of_the_specification(String path, int status, String code)
            throws Exception {
        Answer answer = http.get(path);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(answer.header("Content-Type")).startsWith("application/json");
        assertThat(answer.json().path("errors").path(0).path("message").asText())
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no json", "[]", "{}", "{\"schemaVersion\":2}", "{\"schemaVersion\":2,\"layers\":7}"})
    void a_malformed_manifest_is_refused(String manifest) throws Exception {
        String path = "/v2/uploads/broken/manifests/of-" + manifest.length();

        Answer answer = http.put(path, manifest.getBytes(UTF_8), "Content-Type", MANIFEST);

        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
        assertThat(answer.errorCode()).isEqualTo("MANIFEST_INVALID");
        assertThat(http.get(path).status()).isEqualTo(404);
    }

    @Test
    void a_manifest_whose_blobs_are_not_there_is_refused_until_they_are() throws Exception {
        byte[] config = "{}".getBytes(UTF_8);
        byte[] layer = "layer".getBytes(UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"artifactType\":\"text/x-test\","
                        + "\"config\":" + OciLayout.descriptor(EMPTY, config) + ",\"layers\":["
                        + OciLayout.descriptor("text/plain", layer) + "]}")
                .getBytes(UTF_8);
        http.post("/v2/uploads/early/blobs/uploads/?digest=" + Bytes.digest(config), config);

        Answer early = http.put("/v2/uploads/early/manifests/1", manifest, "Content-Type", MANIFEST);
        http.post("/v2/uploads/early/blobs/uploads/?digest=" + Bytes.digest(layer), layer);
        Answer accepted = http.put("/v2/uploads/early/manifests/1", manifest, "Content-Type", MANIFEST);

        assertThat(early.errorCode()).isEqualTo("MANIFEST_BLOB_UNKNOWN");
        assertThat(early.text()).contains(Bytes.digest(layer));
        assertThat(accepted.status()).isEqualTo(201);
        assertThat(accepted.header("Docker-Content-Digest")).isEqualTo(Bytes.digest(manifest));
        Bytes.assertSame(
                "the manifest", http.get("/v2/uploads/early/manifests/1").body(), manifest);
    }

    private static String begin(String repository) throws IOException, InterruptedException {
        Answer begun = http.post("/v2/" + repository + "/blobs/uploads/", new byte[0]);
        assertThat(begun.status()).isEqualTo(202);
        return begun.header("Location");
    }

    /** Sends the content from {@code start} to before {@code end}. */
    private static Answer patch(String location, int start, int end) throws IOException, InterruptedException {
        return http.patch(location, Arrays.copyOfRange(CONTENT, start, end), "Content-Range", start + "-" + (end - 1));
    }

    /** Asking must neither be refused nor get in the way of what is written meanwhile. */
    private static boolean isReceiving(Answer progress) {
        assertThat(progress.status()).as(progress.toString()).isEqualTo(204);
        return stored(progress) > 1_000_000;
    }

    private static int stored(Answer progress) {
        return Integer.parseInt(progress.header("Range").substring("0-".length())) + 1;
    }

    private static void assertStored(String repository) throws IOException, InterruptedException {
        Answer blob = http.get("/v2/" + repository + "/blobs/" + DIGEST);
        assertThat(blob.status()).isEqualTo(200);
        assertThat(blob.header("Docker-Content-Digest")).isEqualTo(DIGEST);
        Bytes.assertSame("the blob", blob.body(), CONTENT);
    }
}
