package io.dvcr.cli.config;

import java.util.List;
import java.util.Optional;

/**
 * A key that was asked for, and what it is set to.
 *
 * @param path such as {@code garbage.grace}; in a list {@code rules[0].pattern}, or {@code rules[].pattern} of any
 * @param variable the environment variable that sets it; empty if only the file does
 * @param values what it is, as text; empty if it is not set at all
 * @param origin who set it
 */
record Setting(
        String path, Optional<String> variable, Question<?> question, Optional<List<String>> values, Origin origin)
        implements Entry {
    private static final String MASK = "********";

    Setting {
        values = values.map(List::copyOf);
    }

    /** What may be shown of it: of a secret, that it is set. */
    Optional<List<String>> shown() {
        return question.type().secret()
                ? values.map(secrets -> secrets.stream().map(_ -> MASK).toList())
                : values;
    }

    @Override
    public String toString() {
        return path + ": " + shown().map(List::toString).orElse("not set");
    }
}
