package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.index;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.TestServer.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.RegistryTest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.TagPattern;
import io.dvcr.storage.policy.ImmutabilityRule;
import io.dvcr.storage.policy.RepositoryPolicies;
import io.dvcr.storage.policy.RetentionRule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tags that begin with v are immutable, of the others the newest is kept; {@code POST /api/v1/retention}. */
class TagRulesTest extends RegistryTest {

    @Override
    protected RepositoryPolicies policies() {
        RetentionRule newest = new RetentionRule(
                RepositoryPattern.ALL,
                TagPattern.ALL,
                OptionalInt.of(1),
                Optional.empty(),
                List.of(),
                Optional.empty());
        return new RepositoryPolicies(
                List.of(),
                List.of(new ImmutabilityRule(RepositoryPattern.of("tests/**"), new TagPattern("v*"))),
                List.of(newest));
    }

    private String manifests() {
        return "/v2/" + repository + "/manifests/";
    }

    private List<String> tags() throws IOException {
        return json(server.get("/v2/" + repository + "/tags/list"))
                .path("tags")
                .valueStream()
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void an_immutable_tag_cannot_be_pushed_again_but_for_the_same_manifest() throws IOException {
        Digest digest = server.pushManifest(repository, "v1", "x");
        HttpResponse<byte[]> refused = server.putIndex(repository, "v1", index("y"));
        assertOciError(refused, 409, "DENIED");
        assertThat(text(refused)).contains("tag v1 of " + repository + " is immutable: it names " + digest);
        assertThat(server.putIndex(repository, "v1", index("x")).statusCode()).isEqualTo(201);

        String other = Digest.sha256(index("y").getBytes(UTF_8)).toString();
        assertOciError(server.putIndex(repository, other + "?tag=latest&tag=v1", index("y")), 409, "DENIED");
        assertThat(tags()).containsExactly("v1");
        assertOciError(server.get(manifests() + other), 404, "MANIFEST_UNKNOWN");
    }

    @Test
    void an_immutable_tag_cannot_be_deleted_nor_its_manifest() throws IOException {
        Digest digest = server.pushManifest(repository, "v1", "x");
        assertOciError(server.send("DELETE", manifests() + "v1"), 409, "DENIED");
        assertOciError(server.send("DELETE", manifests() + digest), 409, "DENIED");
        assertThat(tags()).containsExactly("v1");
    }

    @Test
    void an_immutable_image_cannot_be_removed_nor_imported_again() throws IOException {
        JsonNode job = server.importDisk(repository + ":v1", bytes(1 << 20));
        String digest = job.path("image").path("digest").asText();
        String images = "/api/v1/images/" + repository + "/";
        assertProblem(server.send("DELETE", images + "v1"), 409, "is immutable");
        assertProblem(server.send("DELETE", images + digest), 409, "is immutable");

        URI nowhere = URI.create("http://127.0.0.1:1/");
        assertProblem(server.requestImport(repository + ":v1", nowhere), 409, "is immutable");
        assertThat(server.get(images + "v1").statusCode()).isEqualTo(200);
    }

    @Test
    void retention_tells_what_it_would_remove_and_then_removes_it() throws IOException {
        Digest old = server.pushManifest(repository, "a", "x");
        server.pushManifest(repository, "v1", "y");
        server.makeOld(Duration.ofHours(2));
        server.pushManifest(repository, "b", "z");

        JsonNode told = json(server.send("POST", "/api/v1/retention?dryRun=true&repository=" + repository));
        assertThat(told.path("dryRun").asBoolean()).isTrue();
        assertThat(told.path("tags").asInt()).isEqualTo(1);
        assertThat(told.path("manifests").asInt()).isEqualTo(1);
        JsonNode tag = told.path("removed").path(0);
        assertThat(tag.path("repository").asText()).isEqualTo(repository);
        assertThat(tag.path("tag").asText()).isEqualTo("a");
        assertThat(tag.path("digest").asText()).isEqualTo(old.toString());
        assertThat(tag.path("reason").asText()).isEqualTo("not among the newest 1");
        assertThat(told.path("removed").path(1).has("tag")).isFalse();
        assertThat(told.path("incomplete").isEmpty()).isTrue();
        assertThat(tags()).containsExactly("a", "b", "v1");

        JsonNode done = json(server.send("POST", "/api/v1/retention?repository=" + repository));
        assertThat(done.path("dryRun").asBoolean()).isFalse();
        assertThat(done.path("removed")).isEqualTo(told.path("removed"));
        assertThat(tags()).containsExactly("b", "v1");
        assertOciError(server.get(manifests() + old), 404, "MANIFEST_UNKNOWN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dryRun=yes", "dryRun=", "repository=NO", "repository=%20"})
    void what_is_misspelt_removes_nothing(String query) throws IOException {
        server.pushManifest(repository, "a", "x");
        server.makeOld(Duration.ofHours(2));
        server.pushManifest(repository, "b", "z");
        assertThat(server.send("POST", "/api/v1/retention?" + query).statusCode())
                .isEqualTo(400);
        assertThat(tags()).containsExactly("a", "b");
    }
}
