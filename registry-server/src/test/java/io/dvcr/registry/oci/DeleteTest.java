package io.dvcr.registry.oci;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** OCI distribution specification, section "Content Management". */
class DeleteTest extends RegistryTest {

    private String manifests() {
        return "/v2/" + repository + "/manifests/";
    }

    @Test
    void a_tag_is_deleted_alone() throws IOException {
        Digest digest = server.pushManifest(repository, "a", "x");
        server.pushManifest(repository, "b", "x");
        assertThat(server.send("DELETE", manifests() + "a").statusCode()).isEqualTo(202);

        assertOciError(server.get(manifests() + "a"), 404, "MANIFEST_UNKNOWN");
        assertThat(server.get(manifests() + "b").statusCode()).isEqualTo(200);
        assertThat(server.get(manifests() + digest).statusCode()).isEqualTo(200);
        assertOciError(server.send("DELETE", manifests() + "a"), 404, "MANIFEST_UNKNOWN");
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
    void a_repository_goes_with_its_last_manifest() throws IOException {
        Digest digest = server.pushManifest(repository, "a", "x");
        server.send("DELETE", manifests() + digest);
        assertOciError(server.get("/v2/" + repository + "/tags/list"), 404, "NAME_UNKNOWN");
        assertThat(text(server.get("/v2/_catalog"))).doesNotContain(repository + "\"");

        server.pushManifest(repository, "a", "x");
        assertThat(server.get(manifests() + "a").statusCode()).isEqualTo(200);
    }

    @Test
    void a_blob_is_deleted_here_and_stays_elsewhere() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(100));
        server.pushBlob("delete/other", bytes(100));
        String path = "/v2/" + repository + "/blobs/" + digest;
        assertThat(server.send("DELETE", path).statusCode()).isEqualTo(202);

        assertOciError(server.get(path), 404, "BLOB_UNKNOWN");
        assertOciError(server.send("DELETE", path), 404, "BLOB_UNKNOWN");
        assertThat(server.get("/v2/delete/other/blobs/" + digest).statusCode()).isEqualTo(200);
    }

    @Test
    void a_manifest_of_another_repository_is_not_deleted() throws IOException {
        Digest digest = server.pushManifest("delete/other", "a", "x");
        assertOciError(server.send("DELETE", manifests() + digest), 404, "MANIFEST_UNKNOWN");
        assertThat(server.get("/v2/delete/other/manifests/a").statusCode()).isEqualTo(200);
    }
}
