package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import io.dvcr.registry.RegistryTest;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Checking if content exists in the registry". */
class CheckingIfContentExistsTest extends RegistryTest {

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
    void the_head_of_a_manifest_gives_its_length_type_and_digest() throws IOException {
        Digest digest = server.pushManifest(repository, "latest", "x");
        for (Object reference : new Object[] {"latest", digest}) {
            HttpResponse<byte[]> head = server.send("HEAD", "/v2/" + repository + "/manifests/" + reference);
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(header(head, "Content-Length"))
                    .isEqualTo("" + TestServer.index("x").length());
            assertThat(header(head, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
            assertThat(header(head, "Docker-Content-Digest")).isEqualTo(digest.toString());
        }
    }

    @Test
    void of_what_is_not_there_there_is_no_head() throws IOException {
        Digest digest = Digest.sha256(bytes(10));
        for (String path : new String[] {"/blobs/" + digest, "/manifests/" + digest, "/manifests/latest"}) {
            HttpResponse<byte[]> head = server.send("HEAD", "/v2/" + repository + path);
            assertThat(head.statusCode()).isEqualTo(404);
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void a_client_that_has_the_content_already_is_told_so() throws IOException {
        Digest manifest = server.pushManifest(repository, "latest", "x");
        Digest blob = server.pushBlob(repository, bytes(10));
        assertThat(statusOfHead("/manifests/latest", manifest)).isEqualTo(304);
        assertThat(statusOfHead("/blobs/" + blob, blob)).isEqualTo(304);
        assertThat(statusOfHead("/blobs/" + blob, manifest)).isEqualTo(200);
    }

    private int statusOfHead(String path, Digest known) throws IOException {
        return server.send("HEAD", "/v2/" + repository + path, "If-None-Match", "\"" + known + "\"")
                .statusCode();
    }
}
