package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/** What a request shows to prove who sends it: the value of {@code Authorization} (RFC 9110, section 11.6.2). */
sealed interface Credentials {

    record None() implements Credentials {}

    /** RFC 7617. */
    record Basic(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "Basic of " + user;
        }
    }

    /** RFC 6750. */
    record Bearer(String token) implements Credentials {
        @Override
        public String toString() {
            return "Bearer";
        }
    }

    /** Of a scheme that is not taken, or not well formed. */
    record Unusable() implements Credentials {}

    static Credentials of(Optional<String> authorization) {
        if (authorization.isEmpty() || authorization.get().isBlank()) {
            return new None();
        }
        String header = authorization.get().strip();
        int space = header.indexOf(' ');
        String rest = header.substring(space + 1).strip();
        return switch (header.substring(0, Math.max(0, space)).toLowerCase(Locale.ROOT)) {
            case "basic" -> basic(rest);
            case "bearer" -> new Bearer(rest);
            default -> new Unusable();
        };
    }

    private static Credentials basic(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? new Unusable() : new Basic(pair.substring(0, colon), pair.substring(colon + 1));
        } catch (IllegalArgumentException e) {
            return new Unusable(); // not Base64
        }
    }
}
