package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pulling manifests". */
class PullingManifestsTest extends RegistryTest {

    private HttpResponse<byte[]> pull(Object reference, String... headers) throws IOException {
        return server.get("/v2/" + repository + "/manifests/" + reference, headers);
    }

    @Test
    void a_manifest_is_pulled_byte_for_byte_by_tag_and_by_digest() throws IOException {
        String json = "{ \"schemaVersion\" : 2,\n\t\"manifests\":[], \"unknown\": [null] }\n";
        server.putIndex(repository, "latest", json);
        Digest digest = Digest.sha256(json.getBytes(UTF_8));
        for (String reference :
                List.of("latest", digest.toString(), "sha256%3A" + digest.hex(), "sha256%3a" + digest.hex())) {
            HttpResponse<byte[]> reply = pull(reference);
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(text(reply)).isEqualTo(json);
            assertThat(header(reply, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
            assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
            assertThat(header(reply, "Content-Length")).isEqualTo("" + json.length());
            assertThat(header(reply, "ETag")).isEqualTo("\"" + digest + "\"");
        }
    }

    @Test
    void a_manifest_of_unknown_type_is_pulled_as_it_was_pushed() throws IOException {
        byte[] content = "{\"ü\":[1,2.50,1e3,\"\\u00fc\"],  \"x\":null}\r\n".getBytes(UTF_8);
        String type = "application/vnd.example.unheard-of.v7+json";
        assertThat(server.send("PUT", "/v2/" + repository + "/manifests/x", content, "Content-Type", type)
                        .statusCode())
                .isEqualTo(201);
        assertThat(pull("x").body()).isEqualTo(content);
        assertThat(header(pull("x"), "Content-Type")).isEqualTo(type);
    }

    @Test
    void what_the_client_accepts_does_not_change_what_was_pushed() throws IOException {
        server.pushManifest(repository, "latest", "x");
        HttpResponse<byte[]> reply = pull("latest", "Accept", "application/vnd.docker.distribution.manifest.v2+json");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(header(reply, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
    }

    @Test
    void a_manifest_that_is_not_there_is_unknown() throws IOException {
        assertOciError(pull("latest"), 404, "MANIFEST_UNKNOWN");
        assertOciError(pull(Digest.sha256(bytes(1))), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void a_blob_is_not_pulled_as_a_manifest_nor_a_manifest_of_another_repository() throws IOException {
        Digest blob = server.pushBlob(repository, "{\"schemaVersion\":2}".getBytes(UTF_8));
        assertOciError(pull(blob), 404, "MANIFEST_UNKNOWN");
        Digest other = server.pushManifest("other", "latest", "x");
        assertOciError(pull(other), 404, "MANIFEST_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s", "W/%s", "\"x\", %s", "*"})
    void a_client_that_has_the_manifest_is_not_sent_it_again(String ifNoneMatch) throws IOException {
        Digest digest = server.pushManifest(repository, "latest", "x");
        HttpResponse<byte[]> reply = pull("latest", "If-None-Match", ifNoneMatch.formatted("\"" + digest + "\""));
        assertThat(reply.statusCode()).isEqualTo(304);
        assertThat(reply.body()).isEmpty();
        assertThat(header(reply, "ETag")).isEqualTo("\"" + digest + "\"");
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    @Test
    void a_client_that_has_what_the_tag_named_before_is_sent_what_it_names_now() throws IOException {
        Digest old = server.pushManifest(repository, "latest", "old");
        server.pushManifest(repository, "latest", "new");
        assertThat(pull("latest", "If-None-Match", "\"" + old + "\"").statusCode())
                .isEqualTo(200);
    }
}
