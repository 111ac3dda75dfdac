package io.dvcr.registry.auth;

import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A token service of somebody else.
 *
 * @param issuer the {@code iss} of its tokens
 * @param audience what must be among the {@code aud} of its tokens, and the {@code service} that clients ask it for
 * @param realm where clients ask it for tokens; the challenge names it
 * @param algorithms of its signatures; none but these are taken
 * @param requiredClaims what else its tokens must say
 * @param nameClaim the claim that is the name of the user
 * @param groupsClaim the claim that lists their groups
 */
public record IssuerSettings(
        String issuer,
        String audience,
        URI realm,
        Keys keys,
        Set<String> algorithms,
        Map<String, String> requiredClaims,
        String nameClaim,
        String groupsClaim) {
    public static final List<String> DEFAULT_ALGORITHMS = List.of("RS256", "ES256");

    /** Every one whose public key verifies and does not sign, so that no secret is shared with the issuer. */
    private static final Set<String> KNOWN_ALGORITHMS =
            Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

    public IssuerSettings {
        algorithms = Set.copyOf(algorithms);
        requiredClaims = Map.copyOf(requiredClaims);
        if (issuer.equals(TokenIssuer.NAME)) {
            throw new IllegalArgumentException("issuer must not be " + issuer + ", which is this registry's own");
        }
        if (algorithms.isEmpty() || !KNOWN_ALGORITHMS.containsAll(algorithms)) {
            throw new IllegalArgumentException("algorithms must be some of "
                    + KNOWN_ALGORITHMS.stream().sorted().toList() + ", not " + algorithms);
        }
        requireHttp("realm", realm);
    }

    /** Where its public keys are: a JWK set (RFC 7517, section 5). */
    public sealed interface Keys {
        /** Asked for again when it is old, and when a token is signed with a key that it lacks. */
        record At(URI url) implements Keys {
            public At {
                requireHttp("keys", url);
                if (url.getScheme().equals("http") && !isLoopback(url.getHost())) {
                    throw new IllegalArgumentException(
                            "keys must be fetched by https: who can change them on the way can make any token");
                }
            }
        }

        /** Read again when it changes. */
        record In(Path file) implements Keys {}
    }

    private static void requireHttp(String what, URI url) {
        String scheme = String.valueOf(url.getScheme());
        if (url.getHost() == null || !Set.of("http", "https").contains(scheme)) {
            throw new IllegalArgumentException(what + " must be an http or https URL, not " + url);
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return host.equals("localhost")
                    || InetAddress.ofLiteral(host.replaceAll("^\\[(.*)]$", "$1"))
                            .isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false; // a name
        }
    }
}
