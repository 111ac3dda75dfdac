package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, section "Mounting a blob from another repository". */
class MountingABlobTest extends RegistryTest {

    private Uploads uploads() {
        return new Uploads(server, repository);
    }

    private HttpResponse<byte[]> mount(Digest digest, String from) throws IOException {
        return server.send("POST", "/v2/" + repository + "/blobs/uploads/?mount=" + digest + from);
    }

    private void push(String source, Digest digest, byte[] content) throws IOException {
        Uploads there = new Uploads(server, source);
        there.assertCreated(there.finish(there.begin(), digest, content), digest);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_blob_is_mounted_from_another_repository(Algorithm algorithm) throws IOException {
        byte[] content = bytes(1000);
        Digest digest = Uploads.digest(algorithm, content);
        push("mount/source", digest, content);
        uploads().assertCreated(mount(digest, "&from=mount/source"), digest);
        uploads().assertStored(digest, content);
    }

    @ParameterizedTest
    @CsvSource({"SHA256, ''", "SHA512, ''", "SHA256, &from="})
    void without_a_source_a_blob_is_mounted_from_wherever_it_is(Algorithm algorithm, String from) throws IOException {
        byte[] content = bytes(2000 + from.length());
        Digest digest = Uploads.digest(algorithm, content);
        push("mount/anywhere", digest, content);
        uploads().assertCreated(mount(digest, from), digest);
        uploads().assertStored(digest, content);
    }

    @Test
    void a_blob_that_is_there_already_is_mounted() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(3000));
        uploads().assertCreated(mount(digest, ""), digest);
        uploads().assertCreated(mount(digest, "&from=" + repository), digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"&from=mount/empty", ""})
    void a_mount_that_is_not_possible_becomes_an_upload(String from) throws IOException {
        byte[] content = bytes(from.length() + 4000);
        for (Algorithm algorithm : Algorithm.values()) {
            Digest digest = Uploads.digest(algorithm, content);
            HttpResponse<byte[]> reply = mount(digest, from);
            assertThat(reply.statusCode()).isEqualTo(202);
            uploads().assertCreated(uploads().finish(header(reply, "Location"), digest, content), digest);
        }
    }

    @Test
    void a_blob_is_not_mounted_from_where_it_is_not() throws IOException {
        Digest digest = server.pushBlob("mount/source", bytes(5000));
        assertThat(mount(digest, "&from=mount/empty").statusCode()).isEqualTo(202);
        uploads().assertNotStored(digest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&from=mount/deleted"})
    void a_blob_that_was_deleted_everywhere_is_not_mounted(String from) throws IOException {
        byte[] content = bytes(from.length() + 6000);
        Digest digest = server.pushBlob("mount/deleted", content);
        server.send("DELETE", "/v2/mount/deleted/blobs/" + digest);
        assertThat(mount(digest, from).statusCode()).isEqualTo(202);
        uploads().assertNotStored(digest);
    }

    @Test
    void a_malformed_source_is_refused() throws IOException {
        assertOciError(mount(Digest.sha256(bytes(1)), "&from=Upper"), 400, "NAME_INVALID");
    }
}
