package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.index;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.policy.QuotaRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Repositories that may hold a mebibyte each, and {@code GET /api/v1/repositories}. */
class QuotaTest extends RegistryTest {
    private static final int QUOTA = 1 << 20;

    private String uploads;

    @Override
    protected RepositoryPolicies policies() {
        return new RepositoryPolicies(
                List.of(new QuotaRule(RepositoryPattern.of("tests/*"), QUOTA)), List.of(), List.of());
    }

    @BeforeEach
    void setUploads() {
        uploads = "/v2/" + repository + "/blobs/uploads/";
    }

    private HttpResponse<byte[]> push(byte[] blob) throws IOException {
        return server.send("POST", uploads + "?digest=" + Digest.sha256(blob), blob);
    }

    private long used() throws IOException {
        return server.content().quotas().usage(new RepositoryName(repository)).heldBytes();
    }

    @Test
    void a_blob_that_does_not_fit_is_denied_with_the_numbers() throws IOException {
        server.pushBlob(repository, bytes(1_000_000));
        HttpResponse<byte[]> refused = push(bytes(100_000));
        assertOciError(refused, 403, "DENIED");
        assertThat(text(refused))
                .contains("holds 1000000 bytes of its quota of 1048576", "adding 100000 bytes would exceed it");
        assertThat(push(bytes(QUOTA - 1_000_000)).statusCode()).isEqualTo(201);
        assertThat(used()).isEqualTo(QUOTA);
    }

    @Test
    void a_chunk_that_does_not_fit_is_denied_and_ends_the_upload() throws IOException {
        server.pushBlob(repository, bytes(900_000));
        String location = header(server.send("POST", uploads), "Location");
        assertThat(server.send("PATCH", location, bytes(100_000)).statusCode()).isEqualTo(202);
        assertOciError(server.send("PATCH", location, bytes(100_001)), 403, "DENIED");
        assertOciError(server.get(location), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void a_full_repository_takes_no_upload_and_no_mount() throws IOException {
        server.pushBlob(repository, bytes(QUOTA));
        server.pushBlob("other", bytes(10));
        assertOciError(server.send("POST", uploads), 403, "DENIED");
        String mount = "?mount=" + Digest.sha256(bytes(10)) + "&from=other";
        assertOciError(server.send("POST", uploads + mount), 403, "DENIED");
        assertThat(used()).isEqualTo(QUOTA);
    }

    @Test
    void a_manifest_that_does_not_fit_is_denied() throws IOException {
        server.pushBlob(repository, bytes(QUOTA - 10));
        assertOciError(server.putIndex(repository, "12", index("x")), 403, "DENIED");
        assertOciError(server.get("/v2/" + repository + "/manifests/12"), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void an_import_that_does_not_fit_fails_and_leaves_nothing() throws IOException {
        JsonNode job = server.importDisk(repository + ":12", bytes(3 << 20));
        assertThat(job.path("phase").asText()).isEqualTo("Failed");
        assertThat(job.path("error").path("code").asText()).isEqualTo("REFUSED");
        assertThat(job.path("error").path("message").asText()).contains("its quota of 1048576");
        assertThat(used()).isZero();
    }

    @Test
    void an_import_to_a_full_repository_is_refused_at_once() throws IOException {
        server.pushBlob(repository, bytes(QUOTA));
        URI nowhere = URI.create("http://127.0.0.1:1/");
        assertProblem(server.requestImport(repository + ":12", nowhere), 403, "its quota of 1048576");
    }

    @Test
    void a_delete_makes_room() throws IOException {
        Digest digest = server.pushBlob(repository, bytes(1_000_000));
        assertOciError(push(bytes(100_000)), 403, "DENIED");
        server.send("DELETE", "/v2/" + repository + "/blobs/" + digest);
        assertThat(push(bytes(100_000)).statusCode()).isEqualTo(201);
    }

    @Test
    void what_a_repository_holds_and_may_hold_is_shown() throws IOException {
        server.pushBlob(repository, bytes(1000));
        server.pushManifest(repository, "12", "x");
        long size = index("x").length();

        JsonNode shown = json(server.get("/api/v1/repositories/" + repository));
        assertThat(shown.path("name").asText()).isEqualTo(repository);
        assertThat(shown.path("usedBytes").asLong()).isEqualTo(1000 + size);
        assertThat(shown.path("quotaBytes").asLong()).isEqualTo(QUOTA);

        server.pushManifest("unlimited/x", "12", "x");
        JsonNode unlimited = json(server.get("/api/v1/repositories/unlimited/x"));
        assertThat(unlimited.path("usedBytes").asLong()).isEqualTo(size);
        assertThat(unlimited.has("quotaBytes")).isFalse();
        assertProblem(server.get("/api/v1/repositories/no/such"), 404, "no/such");
    }

    @Test
    void repositories_are_listed_page_by_page() throws IOException {
        server.pushManifest("zz/a", "12", "x");
        server.pushManifest("zz/b", "12", "x");
        server.pushManifest("zz/c", "12", "x");
        JsonNode first = json(server.get("/api/v1/repositories?last=zz&n=2"));
        assertThat(first.path("repositories").findValuesAsText("name")).containsExactly("zz/a", "zz/b");
        assertThat(first.path("next").asText()).isEqualTo("zz/b");

        JsonNode second = json(server.get("/api/v1/repositories?last=zz%2Fb&n=2"));
        assertThat(second.path("repositories").findValuesAsText("name")).containsExactly("zz/c");
        assertThat(second.has("next")).isFalse();
    }
}
