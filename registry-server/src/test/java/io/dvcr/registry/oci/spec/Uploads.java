package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.TestServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Arrays;

/** Pushes blobs to one repository, request by request. */
record Uploads(TestServer server, String repository) {

    /** Begins an upload and returns its location. */
    String begin() throws IOException {
        return begin("");
    }

    String begin(String query) throws IOException {
        HttpResponse<byte[]> reply = server.send("POST", "/v2/" + repository + "/blobs/uploads/" + query);
        assertThat(reply.statusCode()).isEqualTo(202);
        assertThat(header(reply, "Range")).isEqualTo("0-0");
        assertThat(header(reply, "Content-Length")).isEqualTo("0");
        String location = header(reply, "Location");
        assertThat(location).startsWith("/v2/" + repository + "/blobs/uploads/");
        assertThat(location).endsWith(header(reply, "Docker-Upload-UUID"));
        return location;
    }

    /** Sends the part of {@code content} from {@code start} to before {@code end}. */
    HttpResponse<byte[]> patch(String location, byte[] content, int start, int end) throws IOException {
        return server.send(
                "PATCH",
                location,
                Arrays.copyOfRange(content, start, end),
                "Content-Type",
                "application/octet-stream",
                "Content-Range",
                start + "-" + (end - 1));
    }

    HttpResponse<byte[]> finish(String location, Digest digest, byte[] rest) throws IOException {
        return server.send("PUT", location + "?digest=" + digest, rest);
    }

    /** Where the upload goes on. */
    int offset(String location) throws IOException {
        HttpResponse<byte[]> reply = server.get(location);
        assertThat(reply.statusCode()).isEqualTo(204);
        assertThat(header(reply, "Location")).isEqualTo(location);
        String range = header(reply, "Range");
        assertThat(range).matches("0-\\d+");
        int last = Integer.parseInt(range.substring(2));
        return last == 0 ? 0 : last + 1;
    }

    void assertCreated(HttpResponse<byte[]> reply, Digest digest) {
        assertThat(reply.statusCode()).isEqualTo(201);
        assertThat(header(reply, "Location")).isEqualTo("/v2/" + repository + "/blobs/" + digest);
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    void assertStored(Digest digest, byte[] content) throws IOException {
        HttpResponse<byte[]> reply = server.get("/v2/" + repository + "/blobs/" + digest);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(content);
        assertThat(header(reply, "Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    void assertNotStored(Digest digest) throws IOException {
        TestServer.assertOciError(server.get("/v2/" + repository + "/blobs/" + digest), 404, "BLOB_UNKNOWN");
    }

    static Digest digest(Algorithm algorithm, byte[] content) {
        return Digest.of(algorithm, algorithm.newHash().digest(content));
    }
}
