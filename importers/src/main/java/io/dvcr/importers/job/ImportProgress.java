package io.dvcr.importers.job;

import java.util.OptionalLong;

/**
 * How far an import is. {@code percent} never goes back and is 100 only once the image is there.
 *
 * @param bytesReceived of the source
 * @param bytesTotal of the source; empty if its server does not say
 */
public record ImportProgress(long bytesReceived, OptionalLong bytesTotal, int percent, Step step) {
    static final ImportProgress NONE = new ImportProgress(0, OptionalLong.empty(), 0, Step.CONNECTING);

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
    }

    ImportProgress done() {
        return new ImportProgress(bytesReceived, bytesTotal, 100, Step.DONE);
    }
}
