package io.dvcr.registry.auth;

import io.dvcr.registry.access.Grants;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A program that has a token of its own.
 *
 * @param scopes what it may do
 * @param createdBy the name of who made it; empty where nobody is asked for a name
 * @param tokenHash of its token; the token itself nobody has but its owner
 */
record Robot(
        String name, List<RobotScope> scopes, Instant created, String createdBy, Instant expires, String tokenHash) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

    Robot {
        scopes = List.copyOf(scopes);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("not a robot's name: " + name);
        }
    }

    /** @throws RegistryException with {@link RequestInvalid} if a client's {@code name} is none */
    static String parseName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new RegistryException(
                    new RequestInvalid(
                            "a robot's name has up to 63 lower-case letters, digits and . _ -, and begins with a letter or digit"));
        }
        return name;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    boolean isValid(Instant now) {
        return now.isBefore(expires);
    }

    Grants grants() {
        return RobotScope.grants(scopes);
    }
}
