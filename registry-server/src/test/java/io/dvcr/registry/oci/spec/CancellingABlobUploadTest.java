package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** OCI distribution specification, section "Cancel a blob upload". */
class CancellingABlobUploadTest extends RegistryTest {

    @Test
    void a_cancelled_upload_is_gone() throws IOException {
        Uploads uploads = new Uploads(server, repository);
        String location = uploads.begin();
        uploads.patch(location, bytes(20), 0, 10);
        HttpResponse<byte[]> reply = server.send("DELETE", location);
        assertThat(reply.statusCode()).isEqualTo(204);
        assertThat(reply.body()).isEmpty();

        assertOciError(server.get(location), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(uploads.patch(location, bytes(20), 10, 20), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(server.send("DELETE", location), 404, "BLOB_UPLOAD_UNKNOWN");
        assertOciError(uploads.finish(location, Digest.sha256(bytes(20)), bytes(20)), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void an_upload_of_another_repository_is_not_cancelled() throws IOException {
        Uploads uploads = new Uploads(server, repository);
        String location = uploads.begin();
        assertOciError(server.send("DELETE", location.replace(repository, "other")), 404, "BLOB_UPLOAD_UNKNOWN");
        assertThat(uploads.offset(location)).isZero();
    }
}
