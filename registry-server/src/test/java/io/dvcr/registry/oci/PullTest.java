package io.dvcr.registry.oci;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pull". */
class PullTest extends RegistryTest {

    @ParameterizedTest
    @ValueSource(strings = {"/v2/", "/v2"})
    void the_base_says_that_the_specification_is_served(String path) throws IOException {
        HttpResponse<byte[]> reply = server.get(path);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(text(reply)).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 3_000_000})
    void a_blob_is_pulled_as_it_was_pushed(int size) throws IOException {
        byte[] content = bytes(size);
        Digest digest = server.pushBlob(repository, content);
        HttpResponse<byte[]> reply = server.get("/v2/" + repository + "/blobs/" + digest);

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(content);
        assertThat(header(reply, "Content-Length")).isEqualTo("" + size);
        assertThat(header(reply, "Content-Type")).isEqualTo("application/octet-stream");
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(header(reply, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(reply, "ETag")).isEqualTo("\"" + digest + "\"");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 3_000_000})
    void the_head_of_a_blob_gives_its_length_and_nothing_else(int size) throws IOException {
        Digest digest = server.pushBlob(repository, bytes(size));
        try (RawClient client = new RawClient(server)) {
            var reply = client.head("HEAD /v2/" + repository + "/blobs/" + digest + " HTTP/1.1")
                    .replyToHead();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.header("Content-Length")).isEqualTo("" + size);
            assertThat(reply.header("Docker-Content-Digest")).isEqualTo(digest.toString());
            assertThat(client.head("GET /v2/ HTTP/1.1").reply().body()).isEqualTo("{}"); // nothing lies between
        }
    }

    @Test
    void a_part_of_a_blob_is_pulled_by_its_range() throws IOException {
        byte[] content = bytes(100_000);
        Digest digest = server.pushBlob(repository, content);
        HttpResponse<byte[]> reply = server.get("/v2/" + repository + "/blobs/" + digest, "Range", "bytes=1000-50999");

        assertThat(reply.statusCode()).isEqualTo(206);
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes 1000-50999/100000");
        assertThat(header(reply, "Content-Length")).isEqualTo("50000");
        assertThat(reply.body()).isEqualTo(Arrays.copyOfRange(content, 1000, 51_000));
    }

    @Test
    void a_range_behind_the_end_is_not_satisfiable() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(10));
        HttpResponse<byte[]> reply = server.get("/v2/" + repository + "/blobs/" + digest, "Range", "bytes=10-");
        assertOciError(reply, 416, "RANGE_INVALID");
        assertThat(header(reply, "Content-Range")).isEqualTo("bytes */10");
    }

    @Test
    void a_blob_that_is_not_there_is_unknown() throws IOException {
        Digest digest = Digest.sha256(bytes(10));
        String path = "/v2/" + repository + "/blobs/" + digest;
        assertOciError(server.get(path), 404, "BLOB_UNKNOWN");
        HttpResponse<byte[]> head = server.send("HEAD", path);
        assertThat(head.statusCode()).isEqualTo(404);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void a_blob_of_another_repository_is_unknown() throws IOException {
        Digest digest = server.pushBlob("other", bytes(10));
        assertOciError(server.get("/v2/" + repository + "/blobs/" + digest), 404, "BLOB_UNKNOWN");
    }

    @Test
    void a_manifest_is_pulled_byte_for_byte_by_tag_and_by_digest() throws IOException {
        String json = "{ \"schemaVersion\" : 2,\n\t\"manifests\":[], \"unknown\": [null] }\n";
        server.putIndex(repository, "latest", json);
        Digest digest = Digest.sha256(json.getBytes(UTF_8));
        for (String reference : new String[] {"latest", digest.toString()}) {
            HttpResponse<byte[]> reply = server.get("/v2/" + repository + "/manifests/" + reference);
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(text(reply)).isEqualTo(json);
            assertThat(header(reply, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
            assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
            assertThat(header(reply, "Content-Length")).isEqualTo("" + json.length());

            HttpResponse<byte[]> head = server.send("HEAD", "/v2/" + repository + "/manifests/" + reference);
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(header(head, "Content-Length")).isEqualTo("" + json.length());
            assertThat(header(head, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
            assertThat(header(head, "Docker-Content-Digest")).isEqualTo(digest.toString());
        }
    }

    @Test
    void a_manifest_that_is_not_there_is_unknown() throws IOException {
        assertOciError(server.get("/v2/" + repository + "/manifests/latest"), 404, "MANIFEST_UNKNOWN");
        Digest digest = Digest.sha256(bytes(1));
        assertOciError(server.get("/v2/" + repository + "/manifests/" + digest), 404, "MANIFEST_UNKNOWN");
        HttpResponse<byte[]> head = server.send("HEAD", "/v2/" + repository + "/manifests/latest");
        assertThat(head.statusCode()).isEqualTo(404);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void a_blob_is_not_pulled_as_a_manifest_nor_a_manifest_of_another_repository() throws IOException {
        Digest blob = server.pushBlob(repository, "{\"schemaVersion\":2}".getBytes(UTF_8));
        assertOciError(server.get("/v2/" + repository + "/manifests/" + blob), 404, "MANIFEST_UNKNOWN");
        Digest other = server.pushManifest("other", "latest", "x");
        assertOciError(server.get("/v2/" + repository + "/manifests/" + other), 404, "MANIFEST_UNKNOWN");
    }
}
