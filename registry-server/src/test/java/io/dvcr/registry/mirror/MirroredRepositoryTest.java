package io.dvcr.registry.mirror;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests, tags and referrers of a mirrored registry, whose tags are asked about each time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MirroredRepositoryTest {
    private static final byte[] LAYER = MirrorBench.bytes(1000, 7);

    private MirrorBench bench;
    private Digest image;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        bench = new MirrorBench(directory, Duration.ZERO);
        image = bench.pushImage("1", LAYER);
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    private HttpResponse<byte[]> get(String path) throws IOException {
        return bench.edge().get(path);
    }

    private static String digest(HttpResponse<byte[]> reply) {
        return header(reply, "Docker-Content-Digest");
    }

    @Test
    void an_image_is_pulled_by_the_prefix_and_its_name_there() throws IOException {
        HttpResponse<byte[]> manifest = get(MirrorBench.manifest("1"));
        assertThat(manifest.statusCode()).isEqualTo(200);
        assertThat(header(manifest, "Content-Type")).isEqualTo(Manifest.OCI_MANIFEST);
        assertThat(Digest.sha256(manifest.body())).isEqualTo(image).hasToString(digest(manifest));
        assertThat(get(MirrorBench.blob(Digest.sha256(LAYER))).body()).isEqualTo(LAYER);
        assertThat(bench.edge().send("HEAD", MirrorBench.manifest(image)).statusCode())
                .isEqualTo(200);
        assertThat(bench.proxy().count("GET /v2/team/app/manifests/")).isEqualTo(1);
    }

    @Test
    void containerd_says_by_a_parameter_whose_repository_it_means() throws IOException {
        String ns = "?ns=" + bench.proxy().host();
        assertThat(digest(get("/v2/team/app/manifests/1" + ns))).isEqualTo(image.toString());
        assertThat(get("/v2/team/app/blobs/" + Digest.sha256(LAYER) + ns).body())
                .isEqualTo(LAYER);
        assertOciError(get("/v2/team/app/manifests/1?ns=quay.io"), 404, "NAME_UNKNOWN");
        assertOciError(get("/v2/team/app/manifests/1"), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void a_tag_that_moves_is_followed_and_one_that_stays_is_not_fetched_again() throws IOException {
        get(MirrorBench.manifest("1"));
        assertThat(digest(get(MirrorBench.manifest("1")))).isEqualTo(image.toString());
        assertThat(bench.proxy().count("GET /v2/team/app/manifests/")).isEqualTo(1);
        assertThat(bench.proxy().count("HEAD /v2/team/app/manifests/")).isEqualTo(1);
        Digest moved = bench.pushImage("1", MirrorBench.bytes(1001, 8));
        assertThat(digest(get(MirrorBench.manifest("1")))).isEqualTo(moved.toString());
        assertThat(get(MirrorBench.manifest(image)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_tag_is_served_as_it_was_while_the_registry_cannot_be_asked() throws IOException {
        get(MirrorBench.manifest("1"));
        get(MirrorBench.blob(Digest.sha256(LAYER)));
        bench.proxy().down(true);
        HttpResponse<byte[]> stale = get(MirrorBench.manifest("1"));
        assertThat(digest(stale)).isEqualTo(image.toString());
        assertThat(header(stale, "Warning")).isEqualTo("110 - \"Response is Stale\"");
        assertThat(get(MirrorBench.blob(Digest.sha256(LAYER))).body()).isEqualTo(LAYER);
        HttpResponse<byte[]> tags = get("/v2/hub/team/app/tags/list");
        assertThat(json(tags).path("tags").path(0).asText()).isEqualTo("1");
        assertThat(header(tags, "Warning")).startsWith("110");
        HttpResponse<byte[]> unknown = get(MirrorBench.manifest("2"));
        assertOciError(unknown, 503, "UNAVAILABLE");
        assertThat(header(unknown, "Retry-After")).isEqualTo("10");
    }

    @Test
    void a_tag_that_is_gone_there_is_gone_here() throws IOException {
        get(MirrorBench.manifest("1"));
        assertThat(bench.origin().send("DELETE", "/v2/team/app/manifests/1").statusCode())
                .isEqualTo(202);
        assertOciError(get(MirrorBench.manifest("1")), 404, "MANIFEST_UNKNOWN");
        bench.proxy().down(true);
        assertOciError(get(MirrorBench.manifest("1")), 503, "UNAVAILABLE");
    }

    @Test
    void what_the_registry_refuses_is_refused_in_the_same_way() throws IOException {
        String blob = MirrorBench.blob(Digest.sha256(LAYER));
        assertOciError(get(MirrorBench.manifest("9")), 404, "MANIFEST_UNKNOWN");
        assertOciError(get(MirrorBench.blob(Digest.sha256(new byte[3]))), 404, "BLOB_UNKNOWN");
        bench.proxy().answer(401, Map.of("WWW-Authenticate", "Basic realm=\"there\""));
        assertOciError(get(MirrorBench.manifest("1")), 401, "UNAUTHORIZED");
        assertThat(header(get(blob), "WWW-Authenticate")).startsWith("Mirror ");
        bench.proxy().answer(403, Map.of());
        assertOciError(get(MirrorBench.manifest("1")), 403, "DENIED");
        bench.proxy().answer(429, Map.of("Retry-After", "77"));
        HttpResponse<byte[]> busy = get(MirrorBench.manifest("1"));
        assertOciError(busy, 429, "TOOMANYREQUESTS");
        assertThat(header(busy, "Retry-After")).isEqualTo("77");
        bench.proxy().answer(500, Map.of());
        assertOciError(get(MirrorBench.manifest("1")), 503, "UNAVAILABLE");
    }

    @Test
    void a_blob_that_is_refused_late_is_an_answer_and_not_a_connection_that_is_cut() throws IOException {
        String blob = MirrorBench.blob(Digest.sha256(LAYER));
        assertThat(bench.edge().send("HEAD", blob).statusCode()).isEqualTo(200);
        bench.proxy().answer(429, Map.of("Retry-After", "5"));
        assertOciError(get(blob), 429, "TOOMANYREQUESTS");
        bench.proxy().answer(0, Map.of());
        assertThat(get(blob).body()).isEqualTo(LAYER);
    }

    @Test
    void nothing_is_pushed_to_a_mirrored_repository() throws IOException {
        assertOciError(bench.edge().send("POST", "/v2/hub/team/app/blobs/uploads/"), 403, "DENIED");
        assertOciError(bench.edge().putManifest("hub/team/app", "1", "{}"), 403, "DENIED");
        assertThat(bench.edge().pushBlob("hubs/team/app", LAYER)).isEqualTo(Digest.sha256(LAYER));
    }

    @Test
    void what_is_deleted_is_forgotten_here_and_comes_again() throws IOException {
        String blob = MirrorBench.blob(Digest.sha256(LAYER));
        get(MirrorBench.manifest("1"));
        get(blob);
        assertThat(bench.edge().send("DELETE", blob).statusCode()).isEqualTo(202);
        assertThat(bench.edge().send("DELETE", MirrorBench.manifest("1")).statusCode())
                .isEqualTo(202);
        assertOciError(bench.edge().send("DELETE", MirrorBench.manifest("1")), 404, "MANIFEST_UNKNOWN");
        assertThat(get(blob).body()).isEqualTo(LAYER);
        assertThat(bench.proxy().count("GET /v2/team/app/blobs/")).isEqualTo(2);
        assertThat(digest(get(MirrorBench.manifest("1")))).isEqualTo(image.toString());
    }

    @Test
    void tags_are_listed_page_by_page() throws IOException {
        bench.pushImage("2", LAYER);
        HttpResponse<byte[]> first = get("/v2/hub/team/app/tags/list?n=1");
        assertThat(json(first)).hasToString("{\"name\":\"hub/team/app\",\"tags\":[\"1\"]}");
        assertThat(header(first, "Link")).isEqualTo("</v2/hub/team/app/tags/list?n=1&last=1>; rel=\"next\"");
        HttpResponse<byte[]> second = get("/v2/hub/team/app/tags/list?n=1&last=1");
        assertThat(json(second).path("tags").path(0).asText()).isEqualTo("2");
        assertThat(header(second, "Link")).isEqualTo("(none)");
    }

    @Test
    void referrers_are_those_that_the_registry_knows() throws IOException {
        String referrer = """
                {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
                 "artifactType":"application/vnd.example.sbom",
                 "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},"layers":[],
                 "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"%s","size":500}}
                """.formatted(Digest.sha256(new byte[] {'{', '}'}), image);
        String path = "/v2/hub/team/app/referrers/" + image;
        assertThat(json(get(path)).path("manifests")).isEmpty();
        assertThat(bench.origin().putManifest("team/app", "sbom", referrer).statusCode())
                .isEqualTo(201);
        assertThat(json(get(path)).path("manifests")).hasSize(1);
        assertThat(json(get(path + "?artifactType=application/vnd.example.sbom"))
                        .path("manifests"))
                .hasSize(1);
        HttpResponse<byte[]> others = get(path + "?artifactType=application/vnd.other");
        assertThat(json(others).path("manifests")).isEmpty();
        assertThat(header(others, "OCI-Filters-Applied")).isEqualTo("artifactType");
        bench.proxy().down(true);
        assertThat(json(get(path)).path("manifests")).hasSize(1);
    }
}
