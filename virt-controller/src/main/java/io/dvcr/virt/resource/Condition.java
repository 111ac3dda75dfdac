package io.dvcr.virt.resource;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code status.conditions[]}: see <a
 * href="https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties">API
 * conventions</a>.
 */
public record Condition(
        @JsonPropertyDescription("What is said to be so or not, in CamelCase.")
        String type,

        @JsonPropertyDescription("Whether it is so.") Status status,

        @JsonPropertyDescription("Why, one word in CamelCase, for programs.")
        String reason,

        @JsonPropertyDescription("Why, for people.") String message,

        @JsonPropertyDescription("The generation of the resource that this was said of.")
        long observedGeneration,

        @JsonPropertyDescription("When the status last changed.")
        Instant lastTransitionTime) {

    /** {@code Unknown}: it cannot be told now. */
    public enum Status {
        True,
        False,
        Unknown
    }

    /** Puts {@code said} among {@code conditions}; the time of one that says what it said before is left as it was. */
    public static List<Condition> with(List<Condition> conditions, Condition said) {
        List<Condition> result = new ArrayList<>();
        Condition kept = said;
        for (Condition before : conditions) {
            if (!before.type.equals(said.type)) {
                result.add(before);
            } else if (before.status == said.status) {
                kept = new Condition(
                        said.type,
                        said.status,
                        said.reason,
                        said.message,
                        said.observedGeneration,
                        before.lastTransitionTime);
            }
        }
        result.add(kept);
        return List.copyOf(result);
    }
}
