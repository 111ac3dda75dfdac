package io.dvcr.converters.qemu;

import java.time.Duration;

/** How a subprocess ended. Texts are cut to {@link Limits#outputBytes()}. */
public sealed interface Outcome {

    record Succeeded(String stdout) implements Outcome {}

    /** @param exitCode 128 and the signal's number if a signal ended it, as one does when a limit is exceeded */
    record Failed(int exitCode, String stderr) implements Outcome {}

    /** It was killed at its wall clock limit. */
    record TimedOut(Duration after) implements Outcome {}
}
