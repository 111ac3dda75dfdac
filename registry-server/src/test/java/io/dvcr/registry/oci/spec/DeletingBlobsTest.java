package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** OCI distribution specification, section "Deleting Blobs". */
class DeletingBlobsTest extends RegistryTest {

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
    void a_blob_that_was_deleted_can_be_pushed_again() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(200));
        String path = "/v2/" + repository + "/blobs/" + digest;
        server.send("DELETE", path);
        server.pushBlob(repository, bytes(200));
        assertThat(server.get(path).body()).isEqualTo(bytes(200));
    }

    @Test
    void a_blob_of_another_repository_is_not_deleted() throws IOException {
        Digest digest = server.pushBlob("delete/other", bytes(300));
        assertOciError(server.send("DELETE", "/v2/" + repository + "/blobs/" + digest), 404, "BLOB_UNKNOWN");
        assertThat(server.get("/v2/delete/other/blobs/" + digest).statusCode()).isEqualTo(200);
    }
}
