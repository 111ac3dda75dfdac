package io.dvcr.importers.upload;

import io.dvcr.importers.job.ImportJob;
import java.time.Instant;
import java.util.Optional;

/**
 * An upload as it is at one moment.
 *
 * @param offset how many bytes have come
 * @param expires when it goes, unless something is written to it before
 * @param job the import of what was sent, once all of it was
 */
public record UploadStatus(ImageUpload upload, long offset, Instant expires, Optional<ImportJob> job) {

    /** Where an upload is in its life. */
    public enum State {
        RECEIVING("Receiving"),
        IMPORTING("Importing"),
        ENDED("Ended");

        private final String label;

        State(String label) {
            this.label = label;
        }

        /** As the API writes it. */
        String label() {
            return label;
        }
    }

    State state() {
        if (!upload.finished()) {
            return State.RECEIVING;
        }
        boolean under = upload.job().isEmpty()
                || job.filter(now -> !now.phase().ended()).isPresent();
        return under ? State.IMPORTING : State.ENDED;
    }
}
