package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.index;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** OCI distribution specification, section "Deleting Manifests". */
class DeletingManifestsTest extends RegistryTest {

    private String manifests() {
        return "/v2/" + repository + "/manifests/";
    }

    @Test
    void a_manifest_is_deleted_with_its_tags() throws IOException {
        Digest digest = server.pushManifest(repository, "a", "x");
        server.pushManifest(repository, "b", "x");
        server.pushManifest(repository, "c", "other");
        assertThat(server.send("DELETE", manifests() + digest).statusCode()).isEqualTo(202);

        assertOciError(server.get(manifests() + digest), 404, "MANIFEST_UNKNOWN");
        assertOciError(server.get(manifests() + "a"), 404, "MANIFEST_UNKNOWN");
        assertThat(text(server.get("/v2/" + repository + "/tags/list"))).contains("\"tags\":[\"c\"]");
        assertOciError(server.send("DELETE", manifests() + digest), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void a_manifest_is_deleted_by_the_digest_that_it_was_pushed_by() throws IOException {
        byte[] content = index("x").getBytes(UTF_8);
        Digest sha512 = Uploads.digest(Algorithm.SHA512, content);
        Digest sha256 = server.pushManifest(repository, "a", "x");
        server.pushManifest(repository, sha512, "x");
        assertThat(server.send("DELETE", manifests() + sha512).statusCode()).isEqualTo(202);

        assertOciError(server.get(manifests() + sha512), 404, "MANIFEST_UNKNOWN");
        assertThat(server.get(manifests() + sha256).statusCode()).isEqualTo(200);
        assertThat(server.get(manifests() + "a").statusCode()).isEqualTo(200);
    }

    @Test
    void what_an_index_lists_goes_after_it() throws IOException {
        Digest child = server.pushManifest(repository, "child", "x");
        String json = "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}]}"
                .formatted(Manifest.OCI_INDEX, child);
        Digest index = Digest.sha256(json.getBytes(UTF_8));
        server.putIndex(repository, "a", json);

        assertOciError(server.send("DELETE", manifests() + child), 409, "DENIED");
        assertThat(server.get(manifests() + "child").statusCode()).isEqualTo(200);
        assertThat(server.send("DELETE", manifests() + index).statusCode()).isEqualTo(202);
        assertThat(server.send("DELETE", manifests() + child).statusCode()).isEqualTo(202);
    }

    @Test
    void a_repository_goes_with_its_last_manifest() throws IOException {
        Digest digest = server.pushManifest(repository, "a", "x");
        server.send("DELETE", manifests() + digest);
        assertOciError(server.get("/v2/" + repository + "/tags/list"), 404, "NAME_UNKNOWN");
        assertThat(text(server.get("/v2/_catalog"))).doesNotContain(repository + "\"");

        server.pushManifest(repository, "a", "x");
        assertThat(server.get(manifests() + "a").statusCode()).isEqualTo(200);
    }

    @Test
    void a_manifest_of_another_repository_is_not_deleted() throws IOException {
        Digest digest = server.pushManifest("delete/other", "a", "x");
        assertOciError(server.send("DELETE", manifests() + digest), 404, "MANIFEST_UNKNOWN");
        assertThat(server.get("/v2/delete/other/manifests/a").statusCode()).isEqualTo(200);
    }
}
