package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pushing a blob monolithically". */
class PushingABlobMonolithicallyTest extends RegistryTest {
    private static final byte[] CONTENT = bytes(1_000_000);
    private static final Digest DIGEST = Digest.sha256(CONTENT);

    private Uploads uploads() {
        return new Uploads(server, repository);
    }

    private HttpResponse<byte[]> post(String query, byte[] content) throws IOException {
        return server.send("POST", "/v2/" + repository + "/blobs/uploads/" + query, content);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_blob_is_pushed_by_post_and_put(Algorithm algorithm) throws IOException {
        Digest digest = Uploads.digest(algorithm, CONTENT);
        uploads().assertCreated(uploads().finish(uploads().begin(), digest, CONTENT), digest);
        uploads().assertStored(digest, CONTENT);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_blob_is_pushed_by_a_single_post(Algorithm algorithm) throws IOException {
        Digest digest = Uploads.digest(algorithm, CONTENT);
        uploads().assertCreated(post("?digest=" + digest, CONTENT), digest);
        uploads().assertStored(digest, CONTENT);
    }

    @Test
    void a_blob_is_known_by_the_digest_that_was_asked_for_and_no_other() throws IOException {
        Digest sha512 = Uploads.digest(Algorithm.SHA512, CONTENT);
        post("?digest=" + sha512, CONTENT);
        uploads().assertNotStored(DIGEST);

        post("?digest=" + DIGEST, CONTENT);
        uploads().assertStored(DIGEST, CONTENT);
        uploads().assertStored(sha512, CONTENT);
    }

    @Test
    void the_digest_may_be_percent_encoded() throws IOException {
        String encoded = DIGEST.toString().replace(":", "%3A");
        uploads().assertCreated(post("?digest=" + encoded, CONTENT), DIGEST);
        assertThat(server.get("/v2/" + repository + "/blobs/" + encoded).body()).isEqualTo(CONTENT);
    }

    @Test
    void the_slash_behind_uploads_is_optional() throws IOException {
        assertThat(server.send("POST", "/v2/" + repository + "/blobs/uploads").statusCode())
                .isEqualTo(202);
    }

    @Test
    void an_empty_blob_is_pushed_either_way() throws IOException {
        Digest empty = Digest.sha256(new byte[0]);
        uploads().assertCreated(uploads().finish(uploads().begin(), empty, new byte[0]), empty);
        uploads().assertCreated(post("?digest=" + empty, new byte[0]), empty);
        uploads().assertStored(empty, new byte[0]);
    }

    @Test
    void a_single_post_with_the_wrong_digest_stores_nothing() throws IOException {
        assertOciError(post("?digest=" + DIGEST, bytes(10)), 400, "DIGEST_INVALID");
        uploads().assertNotStored(DIGEST);
        uploads().assertNotStored(Digest.sha256(bytes(10)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?digest=", "?digest=abc", "?digest=md5:d41d8cd98f00b204e9800998ecf8427e"})
    void an_upload_is_finished_with_a_digest_only(String query) throws IOException {
        String location = uploads().begin();
        assertOciError(server.send("PUT", location + query, CONTENT), 400, "DIGEST_INVALID");
        assertThat(uploads().offset(location)).isZero();
        uploads().assertCreated(uploads().finish(location, DIGEST, CONTENT), DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?digest=",
                "?digest=sha256:abc",
                "?digest=md5:d41d8cd98f00b204e9800998ecf8427e",
                "?mount=abc",
                "?mount=sha256:abc&from=other",
                "?digest-algorithm=",
                "?digest-algorithm=md5",
                "?digest-algorithm=SHA256",
            })
    void a_digest_or_an_algorithm_that_is_not_known_begins_no_upload(String query) throws IOException {
        HttpResponse<byte[]> reply = post(query, CONTENT);
        assertOciError(reply, 400, "DIGEST_INVALID");
        assertThat(header(reply, "Location")).isEqualTo("(none)");
    }

    @Test
    void a_finished_upload_is_gone() throws IOException {
        String location = uploads().begin();
        uploads().finish(location, DIGEST, CONTENT);
        assertOciError(server.get(location), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(server.send("PATCH", location, bytes(1)), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void the_same_blob_is_pushed_by_many_at_once() throws Exception {
        List<Future<HttpResponse<byte[]>>> pushes = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                pushes.add(threads.submit(() -> uploads().finish(uploads().begin(), DIGEST, CONTENT)));
            }
        }
        for (Future<HttpResponse<byte[]>> push : pushes) {
            uploads().assertCreated(push.get(), DIGEST);
        }
        uploads().assertStored(DIGEST, CONTENT);
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
