package io.dvcr.registry.oci.spec;

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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Pushing Manifests". */
class PushingManifestsTest extends RegistryTest {

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
    void without_a_content_type_the_manifests_own_media_type_holds() throws IOException {
        String path = "/v2/" + repository + "/manifests/v1";
        byte[] content = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[]}"
                .formatted(Manifest.OCI_INDEX)
                .getBytes(UTF_8);
        assertThat(server.send("PUT", path, content).statusCode()).isEqualTo(201);
        assertThat(header(server.get(path), "Content-Type")).isEqualTo(Manifest.OCI_INDEX);

        assertOciError(server.send("PUT", path, index("x").getBytes(UTF_8)), 400, "MANIFEST_INVALID");
        assertOciError(server.send("PUT", path, new byte[0]), 400, "MANIFEST_INVALID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "/", "a/", "/b", "a/b/c", "a b/c", "application/x; charset=\"", "ä/b"})
    void what_is_no_media_type_is_refused(String contentType) throws IOException {
        HttpResponse<byte[]> reply = put("v1", contentType, "{}".getBytes(UTF_8));
        if (contentType.contains(";")) {
            assertThat(reply.statusCode()).isEqualTo(201); // parameters are not looked at
        } else {
            assertOciError(reply, 400, "MANIFEST_INVALID");
        }
    }

    @Test
    void a_manifest_of_unknown_type_is_kept_if_it_is_json() throws IOException {
        String type = "application/vnd.oci.artifact.manifest.v1+json";
        byte[] content = "{\"artifactType\":\"a/b\",\"mediaType\":\"%s\"}"
                .formatted(type)
                .getBytes(UTF_8);
        assertThat(put("v1", type, content).statusCode()).isEqualTo(201);
        assertThat(server.get("/v2/" + repository + "/manifests/v1").body()).isEqualTo(content);
        assertOciError(put("v1", "a/b", "<xml/>".getBytes(UTF_8)), 400, "MANIFEST_INVALID");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'mediaType':'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'",
                "'mediaType':'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'",
                "'mediaType':'a/b','urls':['https://example.org/layer']",
            })
    void a_layer_that_lies_elsewhere_need_not_be_there(String layer) throws IOException {
        Digest config = server.pushBlob(repository, "{}".getBytes(UTF_8));
        String json = """
                {"schemaVersion":2,"config":{"mediaType":"a/b","digest":"%s","size":2},
                 "layers":[{%s,"digest":"%s","size":12345}]}""".formatted(config, layer.replace('\'', '"'), Digest.sha256(bytes(12345)));
        assertThat(server.putManifest(repository, "v1", json).statusCode()).isEqualTo(201);
        assertThat(text(server.get("/v2/" + repository + "/manifests/v1"))).isEqualTo(json);
    }

    @Test
    void a_manifest_of_four_mebibytes_is_taken_and_a_larger_one_is_not() throws IOException {
        String json = index("x");
        byte[] largest = (json + " ".repeat((4 << 20) - json.length())).getBytes(UTF_8);
        assertThat(put("v1", Manifest.OCI_INDEX, largest).statusCode()).isEqualTo(201);
        assertThat(server.get("/v2/" + repository + "/manifests/v1").body()).isEqualTo(largest);
        byte[] larger = (json + " ".repeat((4 << 20) - json.length() + 1)).getBytes(UTF_8);
        assertOciError(put("v1", Manifest.OCI_INDEX, larger), 413, "SIZE_INVALID");
    }

    @Test
    void ten_long_tags_are_pushed_at_once() throws IOException {
        byte[] content = index("many tags").getBytes(UTF_8);
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            tags.add(i + "-".repeat(127));
        }
        Digest digest = Uploads.digest(Algorithm.SHA512, content);
        HttpResponse<byte[]> reply = put(digest + "?tag=" + String.join("&tag=", tags), Manifest.OCI_INDEX, content);
        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(header(reply, "OCI-Tag").split(", ")).containsExactlyElementsOf(tags);
        assertThat(server.get("/v2/" + repository + "/manifests/" + tags.getLast())
                        .body())
                .isEqualTo(content);
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
