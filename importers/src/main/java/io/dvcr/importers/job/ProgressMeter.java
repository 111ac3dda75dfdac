package io.dvcr.importers.job;

import io.dvcr.importers.job.ImportProgress.Step;
import java.util.OptionalLong;

/**
 * Counts what an import has done. Receiving fills the percentage alone when a disk is stored as it comes, and half of it
 * when it has to be converted. Thread-safe.
 */
final class ProgressMeter {
    /** How much of a hundred is done before the image is published. */
    static final int ALMOST_DONE = 99;

    private Step step = Step.CONNECTING;
    private OptionalLong total = OptionalLong.empty();
    private long received;
    private long kept;
    private double convertedPart;
    private double reached;
    private int receivingShare = ALMOST_DONE;

    synchronized void receiving(OptionalLong bytesTotal) {
        receiving(bytesTotal, 0);
    }

    /** @param bytesKept how many of those that pass first have been received before */
    synchronized void receiving(OptionalLong bytesTotal, long bytesKept) {
        step = Step.RECEIVING;
        total = bytesTotal;
        received = bytesKept; // whatever it was, if it is not for the first time
        kept = bytesKept;
    }

    /** What comes in has to be converted, as it comes or afterwards. */
    synchronized void conversionFollows() {
        receivingShare = ALMOST_DONE / 2;
    }

    synchronized void received(long bytes) {
        long before = Math.min(kept, bytes);
        kept -= before;
        received += bytes - before;
        raise();
    }

    /** All has been received. */
    synchronized void converting() {
        step = Step.CONVERTING;
    }

    synchronized void converted(long bytes, long ofBytes) {
        convertedPart = ofBytes == 0 ? 1.0 : Math.min(1.0, (double) bytes / ofBytes);
        raise();
    }

    synchronized void publishing() {
        step = Step.PUBLISHING;
        raiseTo(ALMOST_DONE);
    }

    private void raise() {
        boolean known = total.isPresent() && total.getAsLong() > 0;
        double receivedPart = known ? Math.min(1.0, (double) received / total.getAsLong()) : 0;
        raiseTo(receivedPart * receivingShare + convertedPart * (ALMOST_DONE - receivingShare));
    }

    private void raiseTo(double mark) {
        reached = Math.max(reached, mark);
    }

    synchronized ImportProgress now() {
        return new ImportProgress(received, total, (int) reached, step);
    }

    /** @param reached what {@code progress} gives in whole percent */
    record Reading(ImportProgress progress, double reached) {}

    synchronized Reading read() {
        return new Reading(now(), reached);
    }
}
