package io.dvcr.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.cli.view.FieldPath;
import java.util.Optional;

/** What somebody waits for. */
sealed interface Awaited {

    /** Whether it is so; {@code resource} is empty if there is none. */
    boolean isSo(Optional<JsonNode> resource);

    /** Whether it is wrong to wait for it of a resource that is not there. */
    default boolean needsIt() {
        return true;
    }

    /** What is said when it is so. */
    default String done() {
        return "condition met";
    }

    /** {@code condition=Ready}. */
    record Condition(String type, String status) implements Awaited {
        @Override
        public boolean isSo(Optional<JsonNode> resource) {
            return resource.filter(it -> isCurrent(it, type))
                    .filter(it -> FieldPath.parse(".status.conditions[" + type + "]")
                            .text(it)
                            .equalsIgnoreCase(status))
                    .isPresent();
        }

        /** What a condition says of an earlier generation says nothing of this. */
        private static boolean isCurrent(JsonNode resource, String type) {
            long generation = resource.path("metadata").path("generation").asLong();
            for (JsonNode condition : resource.path("status").path("conditions")) {
                if (condition.path("type").asText().equals(type)) {
                    return condition.path("observedGeneration").asLong(generation) >= generation;
                }
            }
            return false;
        }

        @Override
        public String toString() {
            return "condition " + type + "=" + status;
        }
    }

    /** {@code jsonpath={.status.phase}=Running}; without a value, anything. */
    record Value(String path, Optional<String> value) implements Awaited {
        @Override
        public boolean isSo(Optional<JsonNode> resource) {
            String found = resource.map(FieldPath.parse(path)::text).orElse("");
            return value.map(found::equals).orElse(!found.isEmpty());
        }

        @Override
        public String toString() {
            return path + value.map(it -> "=" + it).orElse("");
        }
    }

    /** {@code create}. */
    record Created() implements Awaited {
        @Override
        public boolean isSo(Optional<JsonNode> resource) {
            return resource.isPresent();
        }

        @Override
        public boolean needsIt() {
            return false;
        }

        @Override
        public String toString() {
            return "creation";
        }
    }

    /** {@code delete}. */
    record Deleted() implements Awaited {
        @Override
        public boolean isSo(Optional<JsonNode> resource) {
            return resource.isEmpty();
        }

        @Override
        public boolean needsIt() {
            return false;
        }

        @Override
        public String toString() {
            return "deletion";
        }
    }
}
