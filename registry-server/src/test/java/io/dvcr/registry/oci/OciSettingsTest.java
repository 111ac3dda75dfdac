package io.dvcr.registry.oci;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.index;
import static io.dvcr.registry.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A registry of other settings than the defaults. */
class OciSettingsTest extends RegistryTest {
    private static final int MAX_BLOB_BYTES = 2000;
    private static final int MAX_MANIFEST_BYTES = 1000;

    @Override
    protected OciSettings settings() {
        return new OciSettings(MAX_BLOB_BYTES, MAX_MANIFEST_BYTES, 2, List.of());
    }

    @Test
    void a_manifest_may_be_as_large_as_is_set_and_no_larger() throws IOException {
        String largest = index("x".repeat(MAX_MANIFEST_BYTES - index("").length()));
        assertThat(server.putIndex(repository, "v1", largest).statusCode()).isEqualTo(201);
        HttpResponse<byte[]> refused = server.putIndex(repository, "v1", largest + " ");
        assertOciError(refused, 413, "SIZE_INVALID");
        assertThat(text(refused)).contains("larger than the limit of 1000 bytes");
    }

    @Test
    void a_blob_may_be_as_large_as_is_set_and_no_larger() throws IOException {
        assertThat(post(bytes(MAX_BLOB_BYTES)).statusCode()).isEqualTo(201);
        HttpResponse<byte[]> refused = post(bytes(MAX_BLOB_BYTES + 1));
        assertOciError(refused, 413, "SIZE_INVALID");
        assertThat(text(refused)).contains("larger than the limit of 2000 bytes");
    }

    private HttpResponse<byte[]> post(byte[] blob) throws IOException {
        return server.send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + Digest.sha256(blob), blob);
    }

    @Test
    void a_page_has_no_more_than_is_set_whatever_is_asked_for() throws IOException {
        for (String tag : new String[] {"a", "b", "c"}) {
            server.pushManifest(repository, tag, "x");
        }
        for (String query : new String[] {"", "?n=100"}) {
            HttpResponse<byte[]> reply = server.get("/v2/" + repository + "/tags/list" + query);
            assertThat(text(reply)).contains("[\"a\",\"b\"]");
            assertThat(header(reply, "Link")).isEqualTo("</v2/" + repository + "/tags/list?n=2&last=b>; rel=\"next\"");
        }
    }

    @Test
    void the_defaults_are_those_that_clients_expect() {
        assertThat(OciSettings.DEFAULTS).isEqualTo(new OciSettings(5L << 40, 4 << 20, 1000, List.of()));
    }
}
