package io.dvcr.registry.oci.spec;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.RegistryTest;
import io.dvcr.registry.oci.OciSettings;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** OCI distribution specification, section "Listing Referrers". */
class ListingReferrersTest extends RegistryTest {
    private static final int PAGE_SIZE = 7;

    private Digest subject;

    @Override
    protected OciSettings settings() {
        return new OciSettings(
                OciSettings.DEFAULTS.maxBlobBytes(), OciSettings.DEFAULTS.maxManifestBytes(), PAGE_SIZE, List.of());
    }

    @BeforeEach
    void pushSubject() throws IOException {
        subject = server.pushManifest(repository, "subject", "x");
    }

    private Digest refer(String fields) throws IOException {
        String json = """
                {"schemaVersion":2,"manifests":[],%s,"subject":{"mediaType":"%s","digest":"%s","size":5}}""".formatted(fields, Manifest.OCI_INDEX, subject);
        Digest digest = Digest.sha256(json.getBytes(UTF_8));
        assertThat(server.putIndex(repository, digest, json).statusCode()).isEqualTo(201);
        return digest;
    }

    private HttpResponse<byte[]> list(String query) throws IOException {
        return server.get("/v2/" + repository + "/referrers/" + subject + query);
    }

    private JsonNode descriptors(String query) throws IOException {
        return json(list(query)).path("manifests");
    }

    @Test
    void without_referrers_there_is_an_empty_index() throws IOException {
        HttpResponse<byte[]> reply = list("");
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(header(reply, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
        JsonNode index = json(reply);
        assertThat(index.path("schemaVersion").asInt()).isEqualTo(2);
        assertThat(index.path("mediaType").asText()).isEqualTo(Manifest.OCI_INDEX);
        assertThat(index.path("manifests").isArray()).isTrue();
        assertThat(index.path("manifests").size()).isZero();
    }

    @Test
    void a_referrer_is_listed_with_its_type_size_and_annotations() throws IOException {
        Digest digest = refer("\"artifactType\":\"a/sbom\",\"annotations\":{\"k\":\"v\"}");
        JsonNode descriptor = descriptors("").path(0);
        assertThat(descriptor.path("digest").asText()).isEqualTo(digest.toString());
        assertThat(descriptor.path("mediaType").asText()).isEqualTo(Manifest.OCI_INDEX);
        assertThat(descriptor.path("artifactType").asText()).isEqualTo("a/sbom");
        assertThat(descriptor.path("annotations").path("k").asText()).isEqualTo("v");
        byte[] manifest =
                server.get("/v2/" + repository + "/manifests/" + digest).body();
        assertThat(descriptor.path("size").asInt()).isEqualTo(manifest.length);
    }

    @Test
    void without_an_artifact_type_the_configs_media_type_stands_for_it() throws IOException {
        Digest config = server.pushBlob(repository, "{}".getBytes(UTF_8));
        String json = """
                {"schemaVersion":2,"layers":[],"config":{"mediaType":"a/config","digest":"%s","size":2},
                 "subject":{"mediaType":"%s","digest":"%s","size":5}}""".formatted(config, Manifest.OCI_INDEX, subject);
        server.putManifest(repository, "referrer", json);
        assertThat(descriptors("").path(0).path("artifactType").asText()).isEqualTo("a/config");
    }

    @Test
    void the_list_is_filtered_by_artifact_type_and_says_so() throws IOException {
        refer("\"artifactType\":\"a/sbom\"");
        Digest signature = refer("\"artifactType\":\"a/signature+x\"");
        HttpResponse<byte[]> reply = list("?artifactType=a%2Fsignature%2Bx");
        assertThat(header(reply, "OCI-Filters-Applied")).isEqualTo("artifactType");
        assertThat(json(reply).path("manifests").size()).isEqualTo(1);
        assertThat(json(reply).path("manifests").path(0).path("digest").asText())
                .isEqualTo(signature.toString());

        assertThat(header(list(""), "OCI-Filters-Applied")).isEqualTo("(none)");
        assertThat(descriptors("").size()).isEqualTo(2);
        assertThat(descriptors("?artifactType=other").size()).isZero();
    }

    @Test
    void an_empty_filter_is_none() throws IOException {
        refer("\"artifactType\":\"a/sbom\"");
        HttpResponse<byte[]> reply = list("?artifactType=");
        assertThat(header(reply, "OCI-Filters-Applied")).isEqualTo("(none)");
        assertThat(json(reply).path("manifests").size()).isEqualTo(1);
    }

    @Test
    void an_index_without_an_artifact_type_is_listed_without_one() throws IOException {
        refer("\"annotations\":{}");
        assertThat(descriptors("").size()).isEqualTo(1);
        assertThat(descriptors("").path(0).has("artifactType")).isFalse();
    }

    @Test
    void following_the_links_gives_every_referrer_once_filtered_or_not() throws IOException {
        Set<String> all = new HashSet<>();
        Set<String> signatures = new HashSet<>();
        for (int i = 0; i < 12; i++) { // four pages, of this server
            all.add(refer("\"artifactType\":\"a/sbom\",\"annotations\":{\"i\":\"%d\"}".formatted(i))
                    .toString());
            signatures.add(refer("\"artifactType\":\"a/sig+x\",\"annotations\":{\"i\":\"%d\"}".formatted(i))
                    .toString());
        }
        all.addAll(signatures);
        assertThat(follow("")).containsExactlyInAnyOrderElementsOf(all);
        assertThat(follow("?artifactType=a%2Fsig%2Bx")).containsExactlyInAnyOrderElementsOf(signatures);
    }

    private List<String> follow(String query) throws IOException {
        List<String> found = new ArrayList<>();
        String path = "/v2/" + repository + "/referrers/" + subject + query;
        while (!path.isEmpty()) {
            HttpResponse<byte[]> reply = server.get(path);
            assertThat(header(reply, "Content-Type")).isEqualTo(Manifest.OCI_INDEX);
            assertThat(header(reply, "OCI-Filters-Applied")).isEqualTo(query.isEmpty() ? "(none)" : "artifactType");
            JsonNode page = json(reply).path("manifests");
            assertThat(page.size()).isLessThanOrEqualTo(PAGE_SIZE);
            page.forEach(descriptor -> found.add(descriptor.path("digest").asText()));
            String link = header(reply, "Link");
            path = link.equals("(none)") ? "" : link.substring(1, link.indexOf('>'));
        }
        return found;
    }

    @Test
    void a_subject_need_not_be_there() throws IOException {
        server.send("DELETE", "/v2/" + repository + "/manifests/" + subject);
        refer("\"artifactType\":\"a/sbom\"");
        assertThat(descriptors("").size()).isEqualTo(1);
    }

    @Test
    void a_deleted_referrer_is_no_longer_listed() throws IOException {
        Digest digest = refer("\"artifactType\":\"a/sbom\"");
        server.send("DELETE", "/v2/" + repository + "/manifests/" + digest);
        assertThat(descriptors("").size()).isZero();
    }

    @Test
    void referrers_of_an_unknown_repository_are_none() throws IOException {
        HttpResponse<byte[]> reply = server.get("/v2/no/such/referrers/" + subject);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(json(reply).path("manifests").size()).isZero();
    }

    @Test
    void a_malformed_digest_is_refused() throws IOException {
        assertOciError(server.get("/v2/" + repository + "/referrers/sha256:abc"), 400, "DIGEST_INVALID");
        assertOciError(server.get("/v2/" + repository + "/referrers/subject"), 400, "DIGEST_INVALID");
        assertOciError(list("?last=x"), 400, "DIGEST_INVALID");
    }
}
