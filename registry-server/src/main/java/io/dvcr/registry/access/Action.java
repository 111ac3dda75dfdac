package io.dvcr.registry.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can be done with a repository. The names in lower case are those of rules, scopes and tokens. */
public enum Action {
    /** Read what is there, in any form. */
    PULL,
    /** Add content and tags. */
    PUSH,
    /** Remove content and tags. */
    DELETE,
    /** Have the server fetch an image from elsewhere. */
    IMPORT;

    /** The action of that name; empty if there is none. */
    public static Optional<Action> named(String name) {
        return Arrays.stream(values())
                .filter(action -> action.toString().equals(name))
                .findFirst();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
