package io.dvcr.registry.oci;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.index;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pushing Manifests". */
class PushManifestTest extends RegistryTest {

    private HttpResponse<byte[]> put(Object reference, String contentType, byte[] content) throws IOException {
        return server.send(
                "PUT", "/v2/" + repository + "/manifests/" + reference, content, "Content-Type", contentType);
    }

    @Test
    void a_manifest_is_pushed_with_its_config_and_layers() throws IOException {
        Digest config = server.pushBlob(repository, "{}".getBytes(UTF_8));
        Digest layer = server.pushBlob(repository, bytes(100));
        String json = """
                {"schemaVersion":2,"mediaType":"%s",
                 "config":{"mediaType":"a/b","digest":"%s","size":2},
                 "layers":[{"mediaType":"a/c","digest":"%s","size":100}]}""".formatted(Manifest.OCI_MANIFEST, config, layer);
        HttpResponse<byte[]> reply = server.putManifest(repository, "v1", json);

        Digest digest = Digest.sha256(json.getBytes(UTF_8));
        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(header(reply, "Location")).isEqualTo("/v2/" + repository + "/manifests/" + digest);
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
        assertThat(header(reply, "OCI-Subject")).isEqualTo("(none)");
        assertThat(text(server.get("/v2/" + repository + "/manifests/v1"))).isEqualTo(json);
    }

    @Test
    void a_tag_is_moved_and_the_old_manifest_stays() throws IOException {
        Digest old = server.pushManifest(repository, "latest", "old");
        server.pushManifest(repository, "latest", "new");
        assertThat(text(server.get("/v2/" + repository + "/manifests/latest"))).isEqualTo(index("new"));
        assertThat(text(server.get("/v2/" + repository + "/manifests/" + old))).isEqualTo(index("old"));
    }

    @Test
    void a_manifest_is_pushed_by_its_digest_without_a_tag() throws IOException {
        byte[] content = index("untagged").getBytes(UTF_8);
        Digest sha512 = Digest.of(Algorithm.SHA512, Algorithm.SHA512.newHash().digest(content));
        for (Digest digest : new Digest[] {Digest.sha256(content), sha512}) {
            assertThat(put(digest, Manifest.OCI_INDEX, content).statusCode()).isEqualTo(201);
            assertThat(server.get("/v2/" + repository + "/manifests/" + digest).body())
                    .isEqualTo(content);
        }
        assertThat(text(server.get("/v2/" + repository + "/tags/list"))).contains("\"tags\":[]");
    }

    @Test
    void a_manifest_is_pushed_by_its_digest_with_several_tags_at_once() throws IOException {
        byte[] content = index("tagged").getBytes(UTF_8);
        Digest digest = Digest.of(Algorithm.SHA512, Algorithm.SHA512.newHash().digest(content));
        HttpResponse<byte[]> reply = put(digest + "?tag=1.2&tag=1&tag=latest", Manifest.OCI_INDEX, content);

        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(header(reply, "OCI-Tag")).isEqualTo("1.2, 1, latest");
        assertThat(text(server.get("/v2/" + repository + "/tags/list"))).contains("[\"1\",\"1.2\",\"latest\"]");
        assertThat(header(server.get("/v2/" + repository + "/manifests/1"), "Docker-Content-Digest"))
                .isEqualTo(digest.toString());
        assertOciError(put(digest + "?tag=.x", Manifest.OCI_INDEX, content), 400, "MANIFEST_INVALID");
    }

    @Test
    void another_digest_than_the_contents_is_refused() throws IOException {
        byte[] content = index("x").getBytes(UTF_8);
        assertOciError(put(Digest.sha256(new byte[0]), Manifest.OCI_INDEX, content), 400, "DIGEST_INVALID");
    }

    @Test
    void an_index_is_pushed_once_its_manifests_are_there() throws IOException {
        Digest child = Digest.sha256(index("child").getBytes(UTF_8));
        byte[] index = """
                {"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":%d}]}""".formatted(
                Manifest.OCI_MANIFEST, child, index("child").length()).getBytes(UTF_8);
        assertOciError(put("index", Manifest.OCI_INDEX, index), 404, "MANIFEST_BLOB_UNKNOWN");
        server.pushManifest(repository, child, "child");
        assertThat(put("index", Manifest.OCI_INDEX, index).statusCode()).isEqualTo(201);
        assertThat(header(server.get("/v2/" + repository + "/manifests/index"), "Content-Type"))
                .isEqualTo(Manifest.OCI_INDEX);
    }

    @Test
    void a_manifest_whose_blobs_are_not_in_the_repository_is_refused() throws IOException {
        Digest elsewhere = server.pushBlob("other", bytes(77));
        String json = """
                {"schemaVersion":2,
                 "config":{"mediaType":"a/b","digest":"%1$s","size":77},
                 "layers":[{"mediaType":"a/c","digest":"%1$s","size":77}]}""".formatted(elsewhere);
        assertOciError(server.putManifest(repository, "v1", json), 404, "MANIFEST_BLOB_UNKNOWN");
        assertOciError(server.get("/v2/" + repository + "/manifests/v1"), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void a_subject_is_acknowledged_whether_it_is_there_or_not() throws IOException {
        Digest subject = Digest.sha256(bytes(5));
        String json = """
                {"schemaVersion":2,"manifests":[],"artifactType":"a/b","subject":{"mediaType":"%s","digest":"%s","size":5}}""".formatted(Manifest.OCI_MANIFEST, subject);
        assertThat(header(server.putIndex(repository, "v1", json), "OCI-Subject"))
                .isEqualTo(subject.toString());
    }

    @Test
    void parameters_of_the_media_type_do_not_matter() throws IOException {
        byte[] content = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}"
                .formatted(Manifest.OCI_INDEX)
                .getBytes(UTF_8);
        assertThat(put("v1", Manifest.OCI_INDEX + "; charset=utf-8", content).statusCode())
                .isEqualTo(201);
        assertThat(header(server.get("/v2/" + repository + "/manifests/v1"), "Content-Type"))
                .isEqualTo(Manifest.OCI_INDEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "[]",
                "null",
                "{}",
                "{'schemaVersion':1}",
                "{'schemaVersion':2,'schemaVersion':2}",
                "{'schemaVersion':2} trailing",
                "{'schemaVersion':2,'mediaType':'other/type'}",
                "{'schemaVersion':2,'layers':{}}",
                "{'schemaVersion':2,'layers':[{}]}",
                "{'schemaVersion':2,'layers':[{'mediaType':'a/b','size':-1,'digest':'sha256:00'}]}",
                "{'schemaVersion':2,'config':{'mediaType':'a/b','size':1,'digest':'../../x'}}",
                "{'schemaVersion':2,'annotations':{'a':1}}",
            })
    void a_malformed_manifest_is_refused(String json) throws IOException {
        assertOciError(server.putManifest(repository, "v1", json.replace('\'', '"')), 400, "MANIFEST_INVALID");
    }

    @Test
    void a_manifest_without_a_media_type_is_refused() throws IOException {
        HttpResponse<byte[]> reply = server.send(
                "PUT", "/v2/" + repository + "/manifests/v1", index("x").getBytes(UTF_8));
        assertOciError(reply, 400, "MANIFEST_INVALID");
    }

    @Test
    void a_manifest_over_four_mebibytes_is_too_large() throws IOException {
        byte[] large = new byte[(4 << 20) + 1];
        assertOciError(put("v1", Manifest.OCI_MANIFEST, large), 413, "SIZE_INVALID");
    }

    @Test
    void a_manifest_that_is_nested_too_deeply_is_refused() throws IOException {
        String json = "{\"schemaVersion\":2,\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertOciError(server.putManifest(repository, "v1", json), 400, "MANIFEST_INVALID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v1", ".v1", "v%201", "v1%00", "ä", "sha256:abc"})
    void a_malformed_reference_is_refused(String reference) throws IOException {
        HttpResponse<byte[]> reply = server.putIndex(repository, reference.replace("ä", "%C3%A4"), index("x"));
        assertOciError(reply, 400, reference.startsWith("sha256") ? "DIGEST_INVALID" : "MANIFEST_INVALID");
    }

    @Test
    void a_tag_may_have_128_characters_and_no_more() throws IOException {
        assertThat(server.putIndex(repository, "v".repeat(128), index("x")).statusCode())
                .isEqualTo(201);
        assertOciError(server.putIndex(repository, "v".repeat(129), index("x")), 400, "MANIFEST_INVALID");
    }
}
