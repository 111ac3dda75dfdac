package io.dvcr.registry.access;

import java.util.Locale;

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

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
