package io.dvcr.cli.config;

import java.util.List;
import java.util.Optional;

/** A value of a YAML document as it was written; what it means is for those who ask for it. */
sealed interface YamlValue {
    /** Counted from 1. */
    int line();

    /** What it is, for messages. */
    String kind();

    /** @param plain whether it was written without quotes, so that it may mean "nothing" */
    record Scalar(String text, boolean plain, int line) implements YamlValue {
        boolean isNothing() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }

        @Override
        public String kind() {
            return isNothing() ? "nothing" : "a single value";
        }
    }

    /** A list. */
    record Sequence(List<YamlValue> values, int line) implements YamlValue {
        public Sequence {
            values = List.copyOf(values);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /** Keys, each once, with their values. */
    record Mapping(List<Pair> pairs, int line) implements YamlValue {
        public Mapping {
            pairs = List.copyOf(pairs);
        }

        Optional<Pair> find(String key) {
            return pairs.stream().filter(pair -> pair.key().equals(key)).findFirst();
        }

        @Override
        public String kind() {
            return "a section";
        }
    }

    /** @param line that of the key */
    record Pair(String key, int line, YamlValue value) {}
}
