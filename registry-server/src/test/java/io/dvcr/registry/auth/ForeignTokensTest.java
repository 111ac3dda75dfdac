package io.dvcr.registry.auth;

import static io.dvcr.registry.auth.ForeignIssuer.access;
import static io.dvcr.registry.auth.ForeignIssuer.sign;
import static io.dvcr.registry.auth.GuardedServer.ALICE;
import static io.dvcr.registry.auth.GuardedServer.NOBODY;
import static io.dvcr.registry.auth.GuardedServer.bearer;
import static io.dvcr.registry.auth.GuardedServer.rule;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.dvcr.registry.TestServer;
import io.dvcr.registry.access.Action;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of somebody else's token service. */
class ForeignTokensTest extends GuardedTest {
    private static final ECKey KEY = ForeignIssuer.key();
    private static final String DEBIAN = "/v2/vms/debian/manifests/12";
    private ForeignIssuer issuer;

    @BeforeEach
    void trust() throws IOException {
        issuer = new ForeignIssuer(server.clock);
        issuer.serve(KEY);
        trust(issuer.settings());
    }

    private void trust(IssuerSettings settings) throws IOException {
        server.authentication.reload(server.settings(
                List.of(rule("user:dave", "vms/**", Action.PULL), rule("group:ops", "vms/**", Action.PUSH)),
                Optional.of(settings),
                List.of()));
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private int pull(String token) throws IOException {
        return server.status(bearer(token), "GET", DEBIAN);
    }

    private int push(String token) throws IOException {
        return server.status(bearer(token), "POST", "/v2/vms/debian/blobs/uploads/");
    }

    @Test
    void a_challenge_sends_clients_to_the_issuer() throws IOException {
        assertThat(challenge(server.send(NOBODY, "GET", DEBIAN)))
                .isEqualTo("Bearer realm=\"https://issuer.example/token\",service=\"registry.example\","
                        + "scope=\"repository:vms/debian:pull\"");
        assertThat(server.status(ALICE, "GET", "/v2/"))
                .as("passwords go on working")
                .isEqualTo(200);
    }

    @Test
    void what_the_access_claim_says_is_allowed_and_nothing_else() throws IOException {
        String token = sign(
                KEY,
                issuer.claims()
                        .claim("access", List.of(access("repository", "vms/debian", "push")))
                        .build());
        assertThat(push(token)).isEqualTo(202);
        assertThat(pull(token)).as("the rule for dave adds nothing").isEqualTo(403);
        String all = sign(
                KEY,
                issuer.claims()
                        .claim("access", List.of(access("repository", "vms/debian", "*"), "nonsense", access("x", "y")))
                        .build());
        assertThat(pull(all)).isEqualTo(200);
        assertThat(server.status(bearer(all), "GET", "/v2/secret/plan/manifests/1"))
                .isEqualTo(403);
    }

    @Test
    void a_token_without_access_claim_may_what_rules_allow_its_user_and_groups() throws IOException {
        String dave = sign(KEY, issuer.claims().build());
        assertThat(pull(dave)).isEqualTo(200);
        assertThat(push(dave)).isEqualTo(403);
        String ops = sign(
                KEY,
                issuer.claims()
                        .subject("erin")
                        .claim("groups", List.of("dev", "ops"))
                        .build());
        assertThat(pull(ops)).isEqualTo(403);
        assertThat(push(ops)).isEqualTo(202);
    }

    static Stream<Arguments> flaws() {
        return Stream.of(
                flaw("another issuer", claims -> claims.issuer("https://other.example")),
                flaw("no issuer", claims -> claims.issuer(null)),
                flaw("another audience", claims -> claims.audience("other.example")),
                flaw("no audience", claims -> claims.audience((String) null)),
                flaw("no expiry", claims -> claims.expirationTime(null)),
                flaw("no name", claims -> claims.subject(null)),
                flaw("another tenant", claims -> claims.claim("tenant", "two")),
                flaw("no tenant", claims -> claims.claim("tenant", null)));
    }

    private static Arguments flaw(String what, UnaryOperator<JWTClaimsSet.Builder> change) {
        return Arguments.of(what, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("flaws")
    void a_token_that_lacks_something_proves_nothing(String what, UnaryOperator<JWTClaimsSet.Builder> change)
            throws IOException {
        assertThat(pull(sign(KEY, change.apply(issuer.claims()).build())))
                .as(what)
                .isEqualTo(401);
    }

    @Test
    void a_token_counts_from_when_to_when_it_says() throws IOException {
        Date soon = Date.from(server.clock.instant().plusSeconds(300));
        assertThat(pull(sign(KEY, issuer.claims().notBeforeTime(soon).build()))).isEqualTo(401);
        String token = sign(KEY, issuer.claims().build());
        assertThat(pull(token)).isEqualTo(200);
        server.clock.advance(Duration.ofMinutes(10));
        assertThat(pull(token)).isEqualTo(401);
    }

    @Test
    void only_the_algorithms_that_are_named_are_taken() throws Exception {
        RSAKey rsa = ForeignIssuer.rsaKey();
        issuer.serve(rsa);
        JWTClaimsSet claims = issuer.claims().build();
        assertThat(pull(sign(rsa, claims))).isEqualTo(200);
        assertThat(pull(sign(JWSAlgorithm.PS256, rsa, new RSASSASigner(rsa), claims)))
                .isEqualTo(401);
        MACSigner mac = new MACSigner(rsa.toPublicJWK().toJSONString());
        assertThat(pull(sign(JWSAlgorithm.HS256, rsa, mac, claims)))
                .as("the public key as a secret")
                .isEqualTo(401);
    }

    @Test
    void a_new_key_is_asked_for_at_once_and_keys_that_do_not_exist_are_not_asked_for_again_and_again()
            throws IOException {
        assertThat(pull(sign(KEY, issuer.claims().build()))).isEqualTo(200);
        ECKey next = ForeignIssuer.key();
        issuer.serve(next);
        assertThat(pull(sign(next, issuer.claims().build()))).isEqualTo(200);
        for (int i = 0; i < 10; i++) {
            assertThat(pull(sign(ForeignIssuer.key(), issuer.claims().build()))).isEqualTo(401);
        }
        assertThat(issuer.asked).hasValueLessThanOrEqualTo(3);
    }

    @Test
    void tokens_go_on_counting_while_the_issuer_is_out_of_order() throws IOException {
        String first = sign(KEY, issuer.claims().build());
        assertThat(pull(first)).isEqualTo(200);
        issuer.breakDown();
        assertThat(pull(first)).isEqualTo(200);
        assertThat(pull(sign(KEY, issuer.claims().subject("erin").build()))).isEqualTo(403);
        trust(issuer.settings());
        assertThat(pull(first)).as("keys that were never seen").isEqualTo(401);
        assertThat(server.status(ALICE, "GET", "/v2/")).isEqualTo(200);
    }

    @Test
    void keys_may_be_in_a_file_that_is_read_again_when_it_changes(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("keys.json");
        Files.writeString(file, new JWKSet(KEY).toPublicJWKSet().toString(), UTF_8);
        trust(ForeignIssuer.settings(new IssuerSettings.Keys.In(file)));
        assertThat(pull(sign(KEY, issuer.claims().build()))).isEqualTo(200);
        ECKey next = ForeignIssuer.key();
        Files.writeString(file, new JWKSet(next).toPublicJWKSet().toString(), UTF_8);
        while (pull(sign(next, issuer.claims().build())) != 200) { // by the test's timeout at the latest
            TestServer.pause();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://keys.example/keys", "ftp://127.0.0.1/keys", "/keys", "https:///keys"})
    void keys_are_not_fetched_where_others_can_change_them(String url) {
        assertThatThrownBy(() -> new IssuerSettings.Keys.At(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("keys must be");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "none", ""})
    void algorithms_with_a_shared_secret_cannot_be_named(String algorithm) {
        assertThatThrownBy(() -> new IssuerSettings(
                        "x",
                        "y",
                        URI.create("https://x/token"),
                        new IssuerSettings.Keys.In(Path.of("keys")),
                        algorithm.isEmpty() ? Set.of() : Set.of("RS256", algorithm),
                        Map.of(),
                        "sub",
                        "groups"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("algorithms must be some of");
    }
}
