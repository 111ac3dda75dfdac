package io.dvcr.importers.job;

import java.util.Arrays;
import java.util.Optional;

/** Where an import is in its life. */
public enum ImportPhase {
    PENDING("Pending", false),
    RUNNING("Running", false),
    SUCCEEDED("Succeeded", true),
    FAILED("Failed", true),
    CANCELLED("Cancelled", true);

    private final String label;
    private final boolean ended;

    ImportPhase(String label, boolean ended) {
        this.label = label;
        this.ended = ended;
    }

    /** As the API writes it. */
    public String label() {
        return label;
    }

    /** Whether nothing will happen any more. */
    public boolean ended() {
        return ended;
    }

    public static Optional<ImportPhase> labelled(String label) {
        return Arrays.stream(values()).filter(p -> p.label.equals(label)).findFirst();
    }
}
