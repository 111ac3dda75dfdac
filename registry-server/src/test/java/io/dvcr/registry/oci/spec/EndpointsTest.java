package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RegistryTest;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OCI distribution specification, sections "Determining Support" and "Endpoints": the table there, row by row. */
class EndpointsTest extends RegistryTest {
    private static final byte[] CONTENT = "content".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"/v2/", "/v2"})
    void the_base_says_that_the_specification_is_served(String path) throws IOException {
        HttpResponse<byte[]> reply = server.get(path);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(text(reply)).isEqualTo("{}");
        assertThat(header(reply, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "end-1,   GET,    /v2/,                                                200",
        "end-2,   GET,    /v2/NAME/blobs/BLOB,                                 200",
        "end-2,   HEAD,   /v2/NAME/blobs/BLOB,                                 200",
        "end-3,   GET,    /v2/NAME/manifests/TAG,                              200",
        "end-3,   HEAD,   /v2/NAME/manifests/MANIFEST,                         200",
        "end-4a,  POST,   /v2/NAME/blobs/uploads/,                             202",
        "end-4b,  POST,   /v2/NAME/blobs/uploads/?digest=BLOB,                 201",
        "end-4c,  POST,   /v2/NAME/blobs/uploads/?digest-algorithm=sha512,     202",
        "end-5,   PATCH,  LOCATION,                                            202",
        "end-6,   PUT,    LOCATION?digest=BLOB,                                201",
        "end-7a,  PUT,    /v2/NAME/manifests/TAG,                              201",
        "end-7b,  PUT,    /v2/NAME/manifests/MANIFEST?tag=1&tag=2&tag=3,       201",
        "end-8a,  GET,    /v2/NAME/tags/list,                                  200",
        "end-8b,  GET,    /v2/NAME/tags/list?n=1&last=a,                       200",
        "end-9,   DELETE, /v2/NAME/manifests/TAG,                              202",
        "end-9,   DELETE, /v2/NAME/manifests/MANIFEST,                         202",
        "end-10,  DELETE, /v2/NAME/blobs/BLOB,                                 202",
        "end-11,  POST,   /v2/mounted/blobs/uploads/?mount=BLOB&from=NAME,     201",
        "end-12a, GET,    /v2/NAME/referrers/MANIFEST,                         200",
        "end-12b, GET,    /v2/NAME/referrers/MANIFEST?artifactType=a/b,        200",
        "end-13,  GET,    LOCATION,                                            204",
        "end-14,  DELETE, LOCATION,                                            204",
    })
    void what_is_there_succeeds(String id, String method, String target, int status) throws IOException {
        Digest blob = server.pushBlob(repository, CONTENT);
        Digest manifest = server.pushManifest(repository, "tag", "x");
        String location = new Uploads(server, repository).begin();
        String path = target.replace("LOCATION", location)
                .replace("NAME", repository)
                .replace("BLOB", blob.toString())
                .replace("MANIFEST", manifest.toString())
                .replace("TAG", "tag");
        assertThat(send(method, path).statusCode()).as(id).isEqualTo(status);
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "end-2,   GET,    /v2/nobody/blobs/DIGEST,                             404",
        "end-2,   HEAD,   /v2/nobody/blobs/DIGEST,                             404",
        "end-3,   GET,    /v2/nobody/manifests/tag,                            404",
        "end-3,   HEAD,   /v2/nobody/manifests/DIGEST,                         404",
        "end-4b,  POST,   /v2/nobody/blobs/uploads/?digest=DIGEST,             400",
        "end-4c,  POST,   /v2/nobody/blobs/uploads/?digest-algorithm=md5,      400",
        "end-5,   PATCH,  /v2/nobody/blobs/uploads/UPLOAD,                     404",
        "end-6,   PUT,    /v2/nobody/blobs/uploads/UPLOAD?digest=DIGEST,       404",
        "end-7,   PUT,    /v2/nobody/manifests/DIGEST,                         400",
        "end-8a,  GET,    /v2/nobody/tags/list,                                404",
        "end-9,   DELETE, /v2/nobody/manifests/tag,                            404",
        "end-9,   DELETE, /v2/nobody/manifests/DIGEST,                         404",
        "end-10,  DELETE, /v2/nobody/blobs/DIGEST,                             404",
        "end-11,  POST,   /v2/nobody/blobs/uploads/?mount=DIGEST&from=nobody2, 202",
        "end-12a, GET,    /v2/nobody/referrers/DIGEST,                         200",
        "end-12a, GET,    /v2/nobody/referrers/sha256:abc,                     400",
        "end-13,  GET,    /v2/nobody/blobs/uploads/UPLOAD,                     404",
        "end-14,  DELETE, /v2/nobody/blobs/uploads/UPLOAD,                     404",
    })
    void what_is_not_there_fails(String id, String method, String target, int status) throws IOException {
        String path = target.replace("DIGEST", Digest.sha256(bytes(3)).toString())
                .replace("UPLOAD", "11111111-2222-3333-4444-555555555555");
        HttpResponse<byte[]> reply = send(method, path);
        assertThat(reply.statusCode()).as(id).isEqualTo(status);
    }

    private HttpResponse<byte[]> send(String method, String path) throws IOException {
        if (path.contains("/manifests/") && method.equals("PUT")) {
            return server.send(method, path, TestServer.index("x").getBytes(UTF_8), "Content-Type", Manifest.OCI_INDEX);
        }
        return method.startsWith("P") && !path.contains("mount=")
                ? server.send(method, path, CONTENT)
                : server.send(method, path);
    }
}
