package io.dvcr.registry.auth;

import static io.dvcr.registry.TestServer.assertOciError;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.BOB;
import static io.dvcr.registry.auth.GuardedServer.NOBODY;
import static io.dvcr.registry.auth.GuardedServer.basic;
import static io.dvcr.registry.auth.GuardedServer.bearer;
import static io.dvcr.registry.auth.GuardedServer.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.registry.access.Action;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Settings that change while the registry runs. */
class ReloadTest extends GuardedTest {
    private static final String DEBIAN = "/v2/vms/debian/manifests/12";

    @AfterEach
    void putBack() throws IOException {
        server.authentication.reload(server.settings());
    }

    @Test
    void other_rules_count_at_once_for_tokens_that_were_made_before_too() throws IOException {
        String token = bearer(server.token(BOB, "repository:vms/debian:pull"));
        assertThat(server.status(token, "GET", DEBIAN)).isEqualTo(200);
        server.authentication.reload(
                server.settings(List.of(rule("user:alice", "vms/**", Action.PULL)), Optional.empty(), List.of()));
        assertThat(server.status(token, "GET", DEBIAN)).isEqualTo(403);
        assertThat(server.status(BOB, "GET", DEBIAN)).isEqualTo(403);
        assertThat(server.status(ALICE, "GET", DEBIAN)).isEqualTo(200);
    }

    @Test
    void without_access_settings_everyone_may_do_everything() throws IOException {
        server.authentication.reload(AccessSettings.DEFAULTS);
        assertThat(server.status(NOBODY, "GET", "/v2/")).isEqualTo(200);
        assertThat(server.status(NOBODY, "GET", DEBIAN)).isEqualTo(200);
        assertThat(server.status(basic("who", "ever"), "GET", DEBIAN)).isEqualTo(200);
        assertThat(server.status(NOBODY, "GET", "/api/v1/tokens")).isEqualTo(200);
        assertThat(server.token(NOBODY, "repository:vms/debian:pull")).isNotEmpty();
    }

    @Test
    void settings_that_cannot_be_used_change_nothing() throws IOException {
        AccessSettings missing = new AccessSettings(
                GuardedServer.rules(),
                Optional.of(Path.of("/no/such/htpasswd")),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Duration.ofMinutes(5),
                LoginLimits.DEFAULTS);
        assertThatThrownBy(() -> server.authentication.reload(missing))
                .isInstanceOf(IOException.class)
                .hasMessage("/no/such/htpasswd does not exist");
        assertThat(server.status(BOB, "GET", DEBIAN)).isEqualTo(200);
        assertThat(server.status(NOBODY, "GET", DEBIAN)).isEqualTo(401);
    }

    @Test
    void a_public_url_is_the_realm_whatever_the_request_says() throws IOException {
        server.authentication.reload(new AccessSettings(
                GuardedServer.rules(),
                Optional.of(server.htpasswd),
                Optional.empty(),
                List.of(),
                Optional.of(URI.create("https://registry.example")),
                Duration.ofMinutes(5),
                LoginLimits.DEFAULTS));
        assertThat(challenge(server.send(NOBODY, "GET", "/v2/", "X-Forwarded-Host", "other.example")))
                .startsWith("Bearer realm=\"https://registry.example/token\"");
    }

    @Test
    void too_many_wrong_passwords_are_answered_with_when_to_come_back() throws IOException {
        server.limit(new LoginLimits(3, Duration.ofMinutes(10)));
        for (String user : List.of("alice", "bob", "mallory")) {
            assertThat(server.status(basic(user, "wrong"), "GET", "/v2/")).isEqualTo(401);
        }
        HttpResponse<byte[]> refused = server.send(ALICE, "GET", "/v2/");
        assertOciError(refused, 429, "TOOMANYREQUESTS");
        assertThat(Long.parseLong(header(refused, "Retry-After"))).isBetween(1L, 201L);
        assertThat(server.status(ALICE, "GET", "/token")).isEqualTo(429);
        assertThat(server.status(NOBODY, "GET", "/v2/public/alpine/manifests/3"))
                .isEqualTo(200);
    }

    @Test
    void users_without_rules_are_a_mistake() {
        assertThatThrownBy(() -> server.settings(List.of(), Optional.empty(), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no rules");
    }
}
