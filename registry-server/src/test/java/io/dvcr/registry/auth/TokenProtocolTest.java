package io.dvcr.registry.auth;

import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.BOB;
import static io.dvcr.registry.auth.GuardedServer.NOBODY;
import static io.dvcr.registry.auth.GuardedServer.ROOT;
import static io.dvcr.registry.auth.GuardedServer.basic;
import static io.dvcr.registry.auth.GuardedServer.bearer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /token}: "Token Authentication" and "OAuth2 Token Authentication" of the distribution project. */
class TokenProtocolTest extends GuardedTest {
    private static final String DEBIAN = "/v2/vms/debian/manifests/12";

    private HttpResponse<byte[]> post(String form) throws IOException {
        return server.send(
                NOBODY, "POST", "/token", form.getBytes(UTF_8), "Content-Type", "application/x-www-form-urlencoded");
    }

    private int pull(String token) throws IOException {
        return server.status(bearer(token), "GET", DEBIAN);
    }

    @Test
    void a_token_says_what_the_specification_has_it_say() throws Exception {
        HttpResponse<byte[]> reply =
                server.send(ALICE, "GET", "/token?service=dvcr&account=alice&scope=repository:vms/debian:pull,push");
        JsonNode json = json(reply);
        assertThat(header(reply, "Cache-Control")).isEqualTo("no-store");
        assertThat(json.path("access_token")).isEqualTo(json.path("token"));
        assertThat(json.path("expires_in").asInt()).isEqualTo(300);
        assertThat(Instant.parse(json.path("issued_at").asText())).isEqualTo(server.clock.instant());
        assertThat(json.has("refresh_token")).isFalse();

        SignedJWT token = SignedJWT.parse(json.path("token").asText());
        JWTClaimsSet claims = token.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo("dvcr");
        assertThat(claims.getSubject()).isEqualTo("user:alice");
        assertThat(claims.getAudience()).containsExactly("dvcr");
        assertThat(claims.getJWTID()).isNotEmpty();
        assertThat(claims.getClaim("access"))
                .isEqualTo(List.of(
                        Map.of("type", "repository", "name", "vms/debian", "actions", List.of("pull", "push"))));
    }

    @Test
    void others_can_verify_a_token_by_the_public_key() throws Exception {
        JWKSet keys = JWKSet.parse(TestServer.text(server.send(NOBODY, "GET", "/.well-known/jwks.json")));
        assertThat(keys.getKeys()).hasSize(1).noneMatch(key -> key.isPrivate());
        SignedJWT token = SignedJWT.parse(server.token(ALICE));
        ECKey key = keys.getKeyByKeyId(token.getHeader().getKeyID()).toECKey();
        assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice  | repository:vms/debian:pull,push,delete  | repository:vms/debian:delete,pull,push",
                "bob    | repository:vms/debian:pull,push,delete  | repository:vms/debian:pull",
                "carol  | repository:vms/debian:pull,push         | ''",
                "alice  | repository:vms/debian:*                 | repository:vms/debian:delete,import,pull,push",
                "root   | registry:admin:*                        | registry:admin:*",
                "alice  | registry:admin:*                        | ''",
                "alice  | registry:catalog:*                      | registry:catalog:*",
                "alice  | repository:vms/debian:fly,pull          | repository:vms/debian:pull",
                "alice  | repository(plugin):vms/debian:pull,pull | repository:vms/debian:pull",
                "alice  | repository:Not-A-Name:pull              | ''",
                "alice  | nonsense                                | ''",
                "alice  | :::                                     | ''",
                "bob    | repository:vms/a:pull%20repository:vms/b:push,pull&scope=repository:x:pull | repository:vms/a:pull repository:vms/b:pull",
            })
    void a_token_is_for_what_is_asked_and_allowed(String user, String scope, String granted) throws IOException {
        HttpResponse<byte[]> reply =
                server.send(basic(user, user + "'s password"), "GET", "/token?service=dvcr&scope=" + scope);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(json(reply).path("scope").asText()).isEqualTo(granted);
    }

    @Test
    void strangers_get_a_token_for_what_strangers_may_do() throws IOException {
        String token = server.token(NOBODY, "repository:public/alpine:pull,push", "repository:vms/debian:pull");
        assertThat(server.status(bearer(token), "GET", "/v2/public/alpine/manifests/3"))
                .isEqualTo(200);
        assertThat(pull(token)).isEqualTo(401);
        assertThat(server.status(bearer(token), "POST", "/v2/public/alpine/blobs/uploads/"))
                .isEqualTo(401);
    }

    @Test
    void wrong_credentials_get_no_token() throws IOException {
        assertThat(server.status(basic("alice", "wrong"), "GET", "/token")).isEqualTo(401);
        assertThat(server.status(basic("mallory", "wrong"), "GET", "/token")).isEqualTo(401);
        assertThat(post("grant_type=password&username=alice&password=wrong").statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource({
        "''",
        "grant_type=authorization_code",
        "grant_type=password&username=alice",
        "grant_type=refresh_token",
        "grant_type=password&username=%zz&password=x",
        "grant_type=password&service=another&username=alice&password=x",
    })
    void a_form_that_lacks_something_is_refused(String form) throws IOException {
        assertThat(post(form).statusCode()).isEqualTo(400);
    }

    @Test
    void there_are_no_tokens_for_another_service() throws IOException {
        assertThat(server.status(ALICE, "GET", "/token?service=another")).isEqualTo(400);
    }

    @Test
    void a_form_with_a_password_gets_a_token_and_a_refresh_token_gets_the_next() throws IOException {
        JsonNode first = json(post("grant_type=password&client_id=docker&service=dvcr&access_type=offline"
                + "&username=alice&password=alice%27s+password&scope=repository%3Avms%2Fdebian%3Apull"));
        assertThat(pull(first.path("access_token").asText())).isEqualTo(200);
        String refresh = first.path("refresh_token").asText();
        assertThat(pull(refresh)).as("a refresh token gives access to nothing").isEqualTo(401);

        server.clock.advance(Duration.ofDays(1));
        JsonNode next = json(post("grant_type=refresh_token&client_id=docker&service=dvcr&refresh_token=" + refresh
                + "&scope=repository:vms/debian:pull"));
        assertThat(pull(next.path("access_token").asText())).isEqualTo(200);
        assertThat(next.path("refresh_token").asText()).isEqualTo(refresh);

        server.clock.advance(Duration.ofDays(30));
        assertThat(post("grant_type=refresh_token&refresh_token=" + refresh).statusCode())
                .isEqualTo(401);
        String access = next.path("access_token").asText();
        assertThat(post("grant_type=refresh_token&refresh_token=" + access).statusCode())
                .isEqualTo(401);
    }

    @Test
    void docker_login_gets_a_refresh_token_to_keep_instead_of_the_password() throws IOException {
        JsonNode json =
                json(server.send(BOB, "GET", "/token?account=bob&client_id=docker&offline_token=true&service=dvcr"));
        assertThat(json.path("refresh_token").asText()).isNotEmpty();
        assertThat(server.status(bearer(json.path("token").asText()), "GET", "/v2/"))
                .isEqualTo(200);
        JsonNode stranger = json(server.send(NOBODY, "GET", "/token?offline_token=true&service=dvcr"));
        assertThat(stranger.has("refresh_token")).isFalse();
    }

    @Test
    void a_token_ends_when_its_time_is_over() throws IOException {
        String token = server.token(ALICE, "repository:vms/debian:pull");
        server.clock.advance(Duration.ofSeconds(299));
        assertThat(pull(token)).isEqualTo(200);
        server.clock.advance(Duration.ofSeconds(1));
        HttpResponse<byte[]> late = server.send(bearer(token), "GET", DEBIAN);
        assertThat(late.statusCode()).isEqualTo(401);
        assertThat(challenge(late)).contains("error=\"invalid_token\"");
    }

    @Test
    void every_replica_takes_a_token_of_any_other() throws IOException {
        String token = server.token(ALICE, "repository:vms/debian:pull");
        server.registry.guard(server.replica(), List.of());
        try {
            assertThat(pull(token)).isEqualTo(200);
        } finally {
            server.registry.guard(server.authentication, List.of());
        }
    }

    @Test
    void a_token_ends_with_the_password_that_it_was_made_for() throws Exception {
        String before = Files.readString(server.htpasswd);
        String token = server.token(BOB, "repository:vms/debian:pull");
        String refresh = json(server.send(BOB, "GET", "/token?offline_token=true"))
                .path("refresh_token")
                .asText();
        assertThat(pull(token)).isEqualTo(200);
        Files.writeString(server.htpasswd, GuardedServer.users("root", "alice") + GuardedServer.line("bob", "new"));
        awaitStatus(401, () -> pull(token));
        assertThat(post("grant_type=refresh_token&refresh_token=" + refresh).statusCode())
                .isEqualTo(401);
        assertThat(server.status(BOB, "GET", DEBIAN)).isEqualTo(401);
        assertThat(server.status(basic("bob", "new"), "GET", DEBIAN)).isEqualTo(200);

        Files.writeString(server.htpasswd, "bob:{SHA}damaged");
        assertThat(server.status(basic("bob", "new"), "GET", DEBIAN))
                .as("the last good file counts")
                .isEqualTo(200);
        Files.writeString(server.htpasswd, before);
        awaitStatus(200, () -> server.status(BOB, "GET", DEBIAN));
    }

    private interface Status {
        int get() throws IOException;
    }

    private static void awaitStatus(int expected, Status status) throws IOException {
        while (status.get() != expected) {
            TestServer.pause();
        }
    }

    @Test
    void a_token_that_somebody_else_signed_proves_nothing() throws Exception {
        JWTClaimsSet claims =
                SignedJWT.parse(server.token(ROOT, "registry:admin:*")).getJWTClaimsSet();
        ECKey own = new ECKeyGenerator(Curve.P_256)
                .keyID(SigningKey.of(server.registry.store()).getKeyID())
                .generate();
        SignedJWT forged = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(own.getKeyID()).build(), claims);
        forged.sign(new ECDSASigner(own));
        assertThat(pull(forged.serialize())).isEqualTo(401);
        assertThat(pull(new PlainJWT(claims).serialize())).as("alg none").isEqualTo(401);
        SignedJWT mac = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        mac.sign(new MACSigner(TestServer.text(server.send(NOBODY, "GET", "/.well-known/jwks.json"))));
        assertThat(pull(mac.serialize())).as("the public key as a secret").isEqualTo(401);
    }

    @Test
    void a_token_that_was_changed_proves_nothing() throws Exception {
        String[] parts = server.token(BOB, "repository:vms/debian:pull").split("\\.", -1);
        JWTClaimsSet more = new JWTClaimsSet.Builder(
                        SignedJWT.parse(String.join(".", parts)).getJWTClaimsSet())
                .subject("user:root")
                .expirationTime(Date.from(server.clock.instant().plusSeconds(9999)))
                .build();
        String changed = parts[0] + "." + new Payload(more.toJSONObject()).toBase64URL() + "." + parts[2];
        assertThat(pull(changed)).isEqualTo(401);
        assertThat(pull(parts[0] + "." + parts[1] + ".")).isEqualTo(401);
    }
}
