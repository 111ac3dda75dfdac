package io.dvcr.registry.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The {@code access} claim of a token, as the distribution project's JWT specification has it. */
final class AccessClaim {
    private AccessClaim() {}

    /** What the token is for; empty if it does not say. What is not understood grants nothing. */
    static Optional<List<Scope>> of(JWTClaimsSet claims) {
        return Optional.ofNullable(claims.getClaim("access"))
                .map(claim -> objects(claim).stream()
                        .flatMap(entry -> scope(entry).stream())
                        .toList());
    }

    private static Optional<Scope> scope(Object entry) {
        return entry instanceof Map<?, ?> fields
                        && fields.get("type") instanceof String type
                        && fields.get("name") instanceof String name
                ? Optional.of(new Scope(type, name, texts(fields.get("actions"))))
                : Optional.empty();
    }

    /** The strings of a claim that is a list of strings, or one string. */
    static Set<String> texts(@Nullable Object claim) {
        return claim instanceof String text
                ? Set.of(text)
                : objects(claim).stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.toSet());
    }

    private static List<?> objects(@Nullable Object claim) {
        return claim instanceof List<?> list ? list : List.of();
    }
}
