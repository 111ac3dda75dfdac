package io.dvcr.importers.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far an import is. As it is told to clients, neither {@code bytesReceived} nor {@code percent} ever goes back, and
 * {@code percent} is 100 only once the image is there.
 *
 * @param bytesReceived of the source
 * @param bytesTotal of the source; empty if its server does not say
 * @param bytesPerSecond how fast the source has come in the last seconds; empty while nothing of it is to come
 * @param remaining how long it will take if it goes on like in the last seconds; empty if that cannot be told
 */
public record ImportProgress(
        long bytesReceived,
        OptionalLong bytesTotal,
        int percent,
        Step step,
        OptionalLong bytesPerSecond,
        Optional<Duration> remaining) {
    static final ImportProgress NONE = new ImportProgress(0, OptionalLong.empty(), 0, Step.CONNECTING);

    ImportProgress(long bytesReceived, OptionalLong bytesTotal, int percent, Step step) {
        this(bytesReceived, bytesTotal, percent, step, OptionalLong.empty(), Optional.empty());
    }

    /** What is being done. */
    public enum Step {
        CONNECTING("Connecting"),
        /** Bytes come in; those of a raw disk are cut and stored as they come. */
        RECEIVING("Receiving"),
        /** A format that cannot be read in order has been received and is being read. */
        CONVERTING("Converting"),
        PUBLISHING("Publishing"),
        DONE("Done");

        private final String label;

        Step(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }

        static Optional<Step> labelled(String label) {
            return Arrays.stream(values()).filter(s -> s.label.equals(label)).findFirst();
        }
    }

    /** This progress as that of a job on which nobody works at present. */
    ImportProgress resting() {
        return new ImportProgress(bytesReceived, bytesTotal, percent, step);
    }

    /** What is left of this progress for a job that begins once more: it was told, and must not go back. */
    ImportProgress toBeginAgain() {
        return new ImportProgress(bytesReceived, bytesTotal, percent, Step.CONNECTING);
    }

    ImportProgress done() {
        return new ImportProgress(bytesReceived, bytesTotal, 100, Step.DONE);
    }
}
