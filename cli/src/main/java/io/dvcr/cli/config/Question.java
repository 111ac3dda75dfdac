package io.dvcr.cli.config;

import java.util.List;
import java.util.Optional;

/**
 * What is asked of a key.
 *
 * @param list whether it takes any number of values, else exactly one
 * @param required whether somebody must set it
 * @param standard what holds if nobody does; empty if it is then not set at all
 */
record Question<T>(ValueType<T> type, boolean list, boolean required, Optional<List<T>> standard) {
    Question {
        standard = standard.map(List::copyOf);
    }

    static <T> Question<T> oneOrElse(ValueType<T> type, T standard) {
        return new Question<>(type, false, false, Optional.of(List.of(standard)));
    }

    static <T> Question<T> oneOrNone(ValueType<T> type) {
        return new Question<>(type, false, false, Optional.empty());
    }

    static <T> Question<T> one(ValueType<T> type) {
        return new Question<>(type, false, true, Optional.empty());
    }

    static <T> Question<T> many(ValueType<T> type, List<T> standard) {
        return new Question<>(type, true, false, Optional.of(standard));
    }

    /** What an answer must be, for messages and for the documentation. */
    String expectation() {
        return list ? "list of " + type.name() : type.name();
    }

    Optional<List<String>> standardTexts() {
        return standard.map(this::texts);
    }

    List<String> texts(List<T> values) {
        return values.stream().map(type.formatter()).toList();
    }
}
