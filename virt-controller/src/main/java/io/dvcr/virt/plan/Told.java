package io.dvcr.virt.plan;

import io.dvcr.virt.resource.Condition;
import io.dvcr.virt.resource.Condition.Status;
import java.time.Instant;

/**
 * What is said of a resource: its phase and why.
 *
 * @param <P> the phases
 * @param type of the condition that says it
 */
public record Told<P extends Enum<P>>(P phase, String type, Status status, String reason, String message) {
    /** What most conditions are about. */
    public static final String READY = "Ready";

    public static <P extends Enum<P>> Told<P> ready(P phase) {
        return new Told<>(phase, READY, Status.True, phase.name(), "");
    }

    public static <P extends Enum<P>> Told<P> notReady(P phase, String reason, String message) {
        return new Told<>(phase, READY, Status.False, reason, message);
    }

    public Condition condition(long generation, Instant now) {
        return new Condition(type, status, reason, message, generation, now);
    }
}
