package io.dvcr.virt.runtime;

import java.time.Duration;
import java.time.Instant;

/** How content is getting into the registry. */
public sealed interface Transfer {
    /** What failed for a reason that may pass is tried again so long after it was begun; it has tried for a while itself. */
    Duration RETRY = Duration.ofMinutes(5);

    /** Whether one is to be begun where the content is not there. */
    default boolean isToBegin(Instant now) {
        return switch (this) {
            case None _, Succeeded _ -> true;
            case Failed failed -> failed.passing && !now.isBefore(failed.begun.plus(RETRY));
            case Queued _, Running _, AwaitingUpload _ -> false;
        };
    }

    /** There is none: none was begun, or it is not known any more. */
    record None() implements Transfer {}

    /** Waits for its turn. */
    record Queued() implements Transfer {}

    /**
     * Comes.
     *
     * @param bytesPerSecond now; 0 if that is not known yet
     */
    record Running(int percent, long bytesReceived, long bytesPerSecond) implements Transfer {}

    /** Waits for a person to run {@code command}. */
    record AwaitingUpload(String command) implements Transfer {}

    /** All has come. */
    record Succeeded(long bytesReceived, double seconds) implements Transfer {}

    /**
     * Has failed.
     *
     * @param code as docs/api.md lists them
     * @param passing whether trying again later may help
     */
    record Failed(String code, String message, boolean passing, Instant begun) implements Transfer {}
}
