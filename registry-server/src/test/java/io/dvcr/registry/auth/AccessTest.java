package io.dvcr.registry.auth;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.TestServer.text;
import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.BOB;
import static io.dvcr.registry.auth.GuardedServer.CAROL;
import static io.dvcr.registry.auth.GuardedServer.NOBODY;
import static io.dvcr.registry.auth.GuardedServer.ROOT;
import static io.dvcr.registry.auth.GuardedServer.basic;
import static io.dvcr.registry.auth.GuardedServer.bearer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.storage.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, as rules have it. */
class AccessTest extends GuardedTest {

    @ParameterizedTest
    @CsvSource({
        "GET,    /v2/vms/debian/manifests/12,               alice bob root",
        "HEAD,   /v2/vms/debian/manifests/12,               alice bob root",
        "GET,    /v2/vms/debian/tags/list,                  alice bob root",
        "GET,    /v2/public/alpine/manifests/3,             alice bob carol root nobody",
        "POST,   /v2/vms/new/blobs/uploads/,                alice root",
        "POST,   /v2/public/new/blobs/uploads/,             root",
        "DELETE, /v2/vms/debian/manifests/no-such-tag,      alice root",
        "GET,    /v2/secret/plan/manifests/1,               root",
        "POST,   /api/v1/gc?dryRun=true,                    root",
        "GET,    /api/v1/tokens,                            root",
    })
    void what_no_rule_allows_is_denied(String method, String path, String whom) throws IOException {
        List<String> allowed = List.of(whom.split(" "));
        for (String name : List.of("alice", "bob", "carol", "root")) {
            int status = server.status(basic(name, name + "'s password"), method, path);
            assertThat(status == 403).as("%s is refused (%d)", name, status).isEqualTo(!allowed.contains(name));
            assertThat(status).isNotEqualTo(401).isNotEqualTo(500);
        }
        int status = server.status(NOBODY, method, path);
        assertThat(status == 401)
                .as("nobody is asked who they are (%d)", status)
                .isEqualTo(!allowed.contains("nobody"));
    }

    @Test
    void what_one_may_not_pull_looks_like_what_does_not_exist() throws IOException {
        for (String who : List.of(CAROL, BOB, NOBODY)) {
            HttpResponse<byte[]> hidden = server.send(who, "GET", "/v2/secret/plan/manifests/1");
            HttpResponse<byte[]> missing = server.send(who, "GET", "/v2/secret/none/manifests/1");
            assertThat(hidden.statusCode()).isEqualTo(missing.statusCode());
            assertThat(text(hidden).replace("plan", "none")).isEqualTo(text(missing));
        }
    }

    @Test
    void a_blob_is_not_mounted_from_where_one_may_not_pull() throws IOException {
        byte[] content = "secret".getBytes(UTF_8);
        Digest digest = Digest.sha256(content);
        assertThat(server.send(ROOT, "POST", "/v2/secret/plan/blobs/uploads/?digest=" + digest, content)
                        .statusCode())
                .isEqualTo(201);
        String mount = "/v2/vms/stolen/blobs/uploads/?mount=" + digest + "&from=";
        assertThat(server.status(ALICE, "POST", mount + "secret/plan")).isEqualTo(202);
        assertThat(server.status(ALICE, "POST", mount + "secret/none")).isEqualTo(202);
        assertThat(server.status(ROOT, "POST", mount + "secret/plan")).isEqualTo(201);
    }

    @Test
    void listings_show_what_one_may_pull() throws IOException {
        assertThat(repositories(ROOT)).contains("vms/debian", "public/alpine", "secret/plan");
        assertThat(repositories(BOB)).contains("vms/debian", "public/alpine").doesNotContain("secret/plan");
        assertThat(repositories(CAROL)).containsExactly("public/alpine");
        assertThat(repositories(bearer(server.token(NOBODY, "registry:catalog:*"))))
                .containsExactly("public/alpine");
        assertThat(repositories(bearer(server.token(BOB, "registry:catalog:*"))))
                .contains("vms/debian");
        assertOciError(server.send(NOBODY, "GET", "/v2/_catalog"), 401, "UNAUTHORIZED");
    }

    private List<String> repositories(String who) throws IOException {
        HttpResponse<byte[]> reply = server.send(who, "GET", "/v2/_catalog");
        assertThat(reply.statusCode()).isEqualTo(200);
        return json(reply)
                .path("repositories")
                .valueStream()
                .map(name -> name.asText())
                .toList();
    }

    @Test
    void an_import_takes_the_right_to_import_to_its_target() throws IOException {
        byte[] request = """
                {"target": "vms/new:1", "source": {"http": {"url": "http://127.0.0.1:1/disk"}}}""".getBytes(UTF_8);
        assertProblem(server.send(NOBODY, "POST", "/api/v1/imports", request), 401, "authentication is required");
        assertProblem(server.send(BOB, "POST", "/api/v1/imports", request), 403, "import vms/new");
        HttpResponse<byte[]> accepted = server.send(ALICE, "POST", "/api/v1/imports", request);
        assertThat(accepted.statusCode()).isEqualTo(202);
        String job = "/api/v1/imports/" + json(accepted).path("id").asText();
        assertThat(server.status(ALICE, "GET", job)).isEqualTo(200);
        for (String stranger : List.of(BOB, CAROL, NOBODY)) {
            assertThat(server.status(stranger, "GET", job)).isEqualTo(404);
            assertThat(server.status(stranger, "DELETE", job)).isEqualTo(404);
            assertProblem(server.send(stranger, "GET", job + "/events"), 404, "does not exist");
            assertThat(json(server.send(stranger, "GET", "/api/v1/imports")).path("imports"))
                    .isEmpty();
        }
    }

    @Test
    void an_import_takes_no_base_that_one_may_not_pull() throws IOException {
        for (String base : List.of("secret/plan:1", "secret/none:1")) {
            byte[] request = """
                    {"target": "vms/new:1", "base": "%s", "source": {"http": {"url": "http://127.0.0.1:1/disk"}}}""".formatted(base).getBytes(UTF_8);
            assertProblem(server.send(ALICE, "POST", "/api/v1/imports", request), 403, "pull ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic",
                "Basic !",
                "Basic YWxpY2U=",
                "Bearer",
                "Bearer x",
                "Bearer a.b.c",
                "Digest username=\"alice\"",
                "alice",
            })
    void what_proves_nothing_is_refused_even_where_nothing_need_be_proved(String authorization) throws IOException {
        assertThat(server.status(authorization, "GET", "/v2/public/alpine/manifests/3"))
                .isEqualTo(401);
    }

    @Test
    void a_wrong_password_and_an_unknown_user_get_the_same_answer() throws IOException {
        HttpResponse<byte[]> wrong = server.send(basic("alice", "wrong"), "GET", "/v2/");
        HttpResponse<byte[]> unknown = server.send(basic("mallory", "wrong"), "GET", "/v2/");
        assertOciError(wrong, 401, "UNAUTHORIZED");
        assertThat(text(unknown)).isEqualTo(text(wrong));
        assertThat(challenge(unknown)).isEqualTo(challenge(wrong)).contains("error=\"invalid_token\"");
    }

    @Test
    void health_takes_no_credentials() throws IOException {
        assertThat(server.status(NOBODY, "GET", "/healthz")).isEqualTo(200);
    }
}
