package io.dvcr.registry.auth;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.ROOT;
import static io.dvcr.registry.auth.GuardedServer.basic;
import static io.dvcr.registry.auth.GuardedServer.bearer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.TestServer;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /api/v1/tokens}, and what the tokens are good for. */
class RobotsTest extends GuardedTest {
    private static final String DEBIAN = "/v2/vms/debian/manifests/12";

    private HttpResponse<byte[]> post(String who, String json) throws IOException {
        return server.send(who, "POST", "/api/v1/tokens", json.getBytes(UTF_8));
    }

    private String create(String name, String more) throws IOException {
        HttpResponse<byte[]> reply = post(ROOT, "{\"name\":\"%s\"%s}".formatted(name, more));
        assertThat(reply.statusCode()).as(TestServer.text(reply)).isEqualTo(201);
        return json(reply).path("token").asText();
    }

    @Test
    void a_robot_may_do_what_its_scopes_say_with_its_token_as_password_and_as_bearer() throws IOException {
        String token = create("ci", ",\"scopes\":[\"vms/**:pull,push\"]");
        for (String who : List.of(
                basic("ci", token),
                bearer(token),
                bearer(server.token(
                        basic("ci", token), "repository:vms/debian:pull,push,delete", "registry:catalog:*")))) {
            assertThat(server.status(who, "GET", "/v2/")).isEqualTo(200);
            assertThat(server.status(who, "GET", DEBIAN)).isEqualTo(200);
            assertThat(server.status(who, "POST", "/v2/vms/debian/blobs/uploads/"))
                    .isEqualTo(202);
            assertThat(server.status(who, "DELETE", DEBIAN)).isEqualTo(403);
            assertThat(server.status(who, "GET", "/v2/secret/plan/manifests/1")).isEqualTo(403);
            assertThat(server.status(who, "GET", "/api/v1/tokens")).isEqualTo(403);
        }
        assertThat(server.status(basic("cd", token), "GET", "/v2/")).isEqualTo(401);
        assertThat(server.status(bearer(token.replace("_ci", "_cd")), "GET", "/v2/"))
                .isEqualTo(401);
    }

    @Test
    void a_robot_may_run_the_registry_if_it_says_admin() throws IOException {
        String token = create("operator", ",\"scopes\":[\"admin\"]");
        assertThat(server.status(bearer(token), "GET", "/api/v1/tokens")).isEqualTo(200);
    }

    @Test
    void a_token_is_shown_once_and_kept_as_a_hash() throws IOException {
        String token = create("hashed", "");
        String secret = token.split("_", -1)[1];
        String list = TestServer.text(server.send(ROOT, "GET", "/api/v1/tokens"));
        assertThat(list).contains("\"hashed\"").doesNotContain(secret).doesNotContain("tokenHash");
        try (InputStream in = server.registry.store().read(StoreLayout.robot("hashed"), ByteRange.all(9999))) {
            assertThat(new String(in.readAllBytes(), UTF_8))
                    .contains("tokenHash")
                    .doesNotContain(secret);
        }
    }

    @Test
    void a_robot_ends_when_its_time_is_over_and_what_it_got_ends_with_it() throws IOException {
        String token = create("brief", ",\"scopes\":[\"**:pull\"],\"expiresIn\":\"PT2M\"");
        String shortLived = server.token(basic("brief", token), "repository:vms/debian:pull");
        assertThat(server.status(bearer(shortLived), "GET", DEBIAN)).isEqualTo(200);
        server.clock.advance(Duration.ofMinutes(2));
        assertThat(server.status(basic("brief", token), "GET", DEBIAN)).isEqualTo(401);
        assertThat(server.status(bearer(token), "GET", DEBIAN)).isEqualTo(401);
        assertThat(server.status(bearer(shortLived), "GET", DEBIAN)).isEqualTo(401);
        JsonNode listed = json(server.send(ROOT, "GET", "/api/v1/tokens")).path("tokens");
        assertThat(listed.valueStream().filter(it -> it.path("name").asText().equals("brief")))
                .allMatch(it -> it.path("expired").asBoolean());
    }

    @Test
    void a_revoked_token_is_soon_worth_nothing_on_any_replica() throws IOException {
        String token = create("revoked", ",\"scopes\":[\"**:pull\"]");
        String shortLived = server.token(basic("revoked", token), "repository:vms/debian:pull");
        Authentication other = server.replica();
        server.registry.guard(other, List.of());
        assertThat(server.status(bearer(token), "GET", DEBIAN)).isEqualTo(200);
        server.registry.guard(server.authentication, List.of());
        assertThat(server.status(ROOT, "DELETE", "/api/v1/tokens/revoked")).isEqualTo(204);
        assertThat(server.status(bearer(token), "GET", DEBIAN)).isEqualTo(401);
        assertThat(server.status(bearer(shortLived), "GET", DEBIAN)).isEqualTo(401);
        server.registry.guard(other, List.of());
        while (server.status(bearer(token), "GET", DEBIAN) != 401) { // by the test's timeout at the latest
            TestServer.pause();
        }
        assertThat(server.status(bearer(shortLived), "GET", DEBIAN)).isEqualTo(401);
        server.registry.guard(server.authentication, List.of());

        String again = create("revoked", ",\"scopes\":[\"**:pull\"]");
        assertThat(server.status(bearer(again), "GET", DEBIAN)).isEqualTo(200);
        assertThat(server.status(bearer(token), "GET", DEBIAN)).isEqualTo(401);
        assertThat(server.status(bearer(shortLived), "GET", DEBIAN)).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                              | a robot's name",
                "{\"name\":\"../x\"}                             | a robot's name",
                "{\"name\":\"X\"}                                | a robot's name",
                "{\"name\":\"x\",\"scopes\":[\"vms/**\"]}        | invalid scope",
                "{\"name\":\"x\",\"scopes\":[\"vms/**:fly\"]}    | invalid scope",
                "{\"name\":\"x\",\"scopes\":[\"V!:pull\"]}       | invalid repository pattern",
                "{\"name\":\"x\",\"scopes\":\"vms/**:pull\"}     | scopes must be a list",
                "{\"name\":\"x\",\"expiresIn\":\"90d\"}          | expiresIn must be",
                "{\"name\":\"x\",\"expiresIn\":\"-PT1H\"}        | expiresIn must be",
                "{\"name\":\"x\",\"expiresIn\":\"P99999D\"}      | expiresIn must be",
            })
    void a_robot_that_makes_no_sense_is_refused(String json, String message) throws IOException {
        assertProblem(post(ROOT, json), 400, message);
    }

    @Test
    void robots_are_made_and_revoked_by_who_runs_the_registry_alone() throws IOException {
        assertThat(post(ALICE, "{\"name\":\"mine\"}").statusCode()).isEqualTo(403);
        assertThat(server.status(ALICE, "DELETE", "/api/v1/tokens/mine")).isEqualTo(403);
        create("once", "");
        assertProblem(post(ROOT, "{\"name\":\"once\"}"), 409, "robot once exists");
        assertProblem(server.send(ROOT, "DELETE", "/api/v1/tokens/none"), 404, "robot none");
    }
}
