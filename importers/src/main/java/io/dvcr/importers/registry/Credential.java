package io.dvcr.importers.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** What somebody proves to a registry who they are with. Its text shows no secret. */
public sealed interface Credential {

    record Password(String user, String password) implements Credential {

        /** As {@code Authorization} has it (RFC 7617). */
        public String basic() {
            String pair = user + ":" + password;
            return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
        }

        @Override
        public String toString() {
            return "password of " + user;
        }
    }

    /** One that goes with every request as it is. */
    record BearerToken(String token) implements Credential {
        @Override
        public String toString() {
            return "bearer token";
        }
    }

    /** One that is good for nothing but to get others with: what docker calls an identity token. */
    record RefreshToken(String token) implements Credential {
        @Override
        public String toString() {
            return "refresh token";
        }
    }
}
