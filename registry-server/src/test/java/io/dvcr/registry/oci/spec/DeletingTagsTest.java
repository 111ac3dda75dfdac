package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** OCI distribution specification, section "Deleting tags". */
class DeletingTagsTest extends RegistryTest {

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
        assertThat(text(server.get("/v2/" + repository + "/tags/list"))).contains("\"tags\":[\"b\"]");
    }

    @Test
    void a_tag_that_is_not_there_cannot_be_deleted() throws IOException {
        assertOciError(server.send("DELETE", manifests() + "a"), 404, "MANIFEST_UNKNOWN");
        server.pushManifest(repository, "a", "x");
        server.send("DELETE", manifests() + "a");
        assertOciError(server.send("DELETE", manifests() + "a"), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void a_manifest_stays_that_has_lost_its_last_tag() throws IOException {
        Digest digest = server.pushManifest(repository, "a", "x");
        server.send("DELETE", manifests() + "a");
        assertThat(server.get(manifests() + digest).statusCode()).isEqualTo(200);
        assertThat(text(server.get("/v2/" + repository + "/tags/list"))).contains("\"tags\":[]");
    }
}
