package io.dvcr.virt.runtime;

/** How content is getting into the registry. */
public sealed interface Transfer {

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
    record Failed(String code, String message, boolean passing) implements Transfer {}
}
