package io.dvcr.registry.auth;

import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.BOB;
import static io.dvcr.registry.auth.GuardedServer.NOBODY;
import static io.dvcr.registry.auth.GuardedServer.bearer;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How clients are told to get a token: RFC 6750, section 3, and the distribution project's token specification. */
class ChallengeTest extends GuardedTest {

    private String realm() {
        return "Bearer realm=\"http://127.0.0.1:" + server.registry.address().getPort() + "/token\",service=\"dvcr\"";
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void the_root_challenges_whoever_shows_nothing(String method) throws IOException {
        var reply = server.send(NOBODY, method, "/v2/");
        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(challenge(reply)).isEqualTo(realm());
        assertThat(server.status(ALICE, method, "/v2/")).isEqualTo(200);
        assertThat(server.status(bearer(server.token(ALICE)), method, "/v2/")).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /v2/vms/debian/manifests/12,        'repository:vms/debian:pull'",
        "HEAD,   /v2/vms/debian/manifests/12,        'repository:vms/debian:pull'",
        "POST,   /v2/vms/debian/blobs/uploads/,      'repository:vms/debian:pull,push'",
        "PUT,    /v2/vms/debian/manifests/13,        'repository:vms/debian:pull,push'",
        "DELETE, /v2/vms/debian/manifests/12,        'repository:vms/debian:delete'",
        "GET,    /v2/_catalog,                       'registry:catalog:*'",
    })
    void a_challenge_names_what_the_request_takes(String method, String path, String scope) throws IOException {
        var reply = server.send(NOBODY, method, path);
        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(challenge(reply)).isEqualTo(realm() + ",scope=\"" + scope + "\"");
    }

    @Test
    void a_token_for_less_than_the_request_takes_is_answered_with_what_to_ask_for() throws IOException {
        String pull = bearer(server.token(ALICE, "repository:vms/debian:pull"));
        assertThat(server.status(pull, "GET", "/v2/vms/debian/manifests/12")).isEqualTo(200);
        var reply = server.send(pull, "POST", "/v2/vms/debian/blobs/uploads/");
        assertThat(reply.statusCode()).isEqualTo(401);
        assertThat(challenge(reply))
                .isEqualTo(realm() + ",scope=\"repository:vms/debian:pull,push\",error=\"insufficient_scope\"");
        String denied = bearer(server.token(BOB, "repository:vms/debian:pull,push"));
        assertThat(server.status(denied, "POST", "/v2/vms/debian/blobs/uploads/"))
                .isEqualTo(403);
    }

    @Test
    void outside_the_registry_s_own_protocol_a_challenge_asks_for_a_password() throws IOException {
        assertThat(challenge(server.send(NOBODY, "POST", "/api/v1/gc"))).startsWith("Basic realm=");
    }

    @ParameterizedTest
    @CsvSource({
        "'Host: registry.example:8443',                             http://registry.example:8443/token",
        "'Host: [::1]:5000',                                        http://[::1]:5000/token",
        "'Host: r.example\r\nX-Forwarded-Proto: https',             https://r.example/token",
        "'Host: a\r\nX-Forwarded-Host: b.example\r\nX-Forwarded-Proto: https', https://b.example/token",
        "'Host: r.example\r\nX-Forwarded-Proto: javascript',        http://r.example/token",
    })
    void the_realm_is_where_the_request_was_sent_to(String headers, String realm) throws IOException {
        assertThat(challengeTo(headers)).contains("realm=\"" + realm + "\"");
    }

    @Test
    void a_host_that_is_none_is_not_repeated() throws IOException {
        assertThat(challengeTo("Host: a\",evil=\"b")).startsWith(realm().replaceFirst("\",service.*", ""));
    }

    private String challengeTo(String headers) throws IOException {
        try (RawClient client = new RawClient(server.registry)) {
            byte[] head = ("GET /v2/ HTTP/1.1\r\n" + headers + "\r\n\r\n").getBytes(ISO_8859_1);
            return client.send(head).reply().header("WWW-Authenticate");
        }
    }
}
