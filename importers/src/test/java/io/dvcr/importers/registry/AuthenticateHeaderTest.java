package io.dvcr.importers.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** RFC 9110, section 11.6.1. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class AuthenticateHeaderTest {

    private static AuthenticateHeader challenge(String scheme, String... parameters) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            map.put(parameters[i], parameters[i + 1]);
        }
        return new AuthenticateHeader(scheme, map);
    }

    @Test
    void a_challenge_of_a_registry_is_read() {
        assertThat(AuthenticateHeader.parse(
                        List.of("Bearer realm=\"https://a/token\",service=\"a\",scope=\"repository:x/y:pull,push\"")))
                .containsExactly(challenge(
                        "bearer", "realm", "https://a/token", "service", "a", "scope", "repository:x/y:pull,push"));
    }

    @Test
    void several_challenges_may_be_in_one_value_or_in_several() {
        List<AuthenticateHeader> expected = List.of(
                challenge("negotiate"), challenge("basic", "realm", "a, \"b\""), challenge("bearer", "realm", "c"));
        assertThat(AuthenticateHeader.parse(List.of("Negotiate, BASIC Realm = \"a, \\\"b\\\"\", Bearer realm=c")))
                .isEqualTo(expected);
        assertThat(AuthenticateHeader.parse(List.of("Negotiate", "Basic realm=\"a, \\\"b\\\"\"", "Bearer realm=c")))
                .isEqualTo(expected);
    }

    @Test
    void nonsense_is_no_challenge() {
        assertThat(AuthenticateHeader.parse(List.of("", ",", "\"", "= ="))).isEmpty();
    }
}
