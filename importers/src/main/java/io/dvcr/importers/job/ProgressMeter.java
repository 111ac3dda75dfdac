package io.dvcr.importers.job;

import io.dvcr.importers.job.ImportProgress.Step;
import java.util.OptionalLong;

/**
 * Counts what an import has done. Receiving fills the percentage alone when a disk is stored as it comes, and half of it
 * when it is converted afterwards. Thread-safe.
 */
final class ProgressMeter {
    private static final int ALMOST_DONE = 99;

    private Step step = Step.CONNECTING;
    private OptionalLong total = OptionalLong.empty();
    private long received;
    private int percent;
    private int receivingShare = ALMOST_DONE;

    synchronized void receiving(OptionalLong bytesTotal) {
        step = Step.RECEIVING;
        total = bytesTotal;
        received = 0; // if it is not for the first time
    }

    /** What comes in has to be converted afterwards. */
    synchronized void conversionFollows() {
        receivingShare = ALMOST_DONE / 2;
    }

    synchronized void received(long bytes) {
        received += bytes;
        if (total.isPresent() && total.getAsLong() > 0) {
            raiseTo((int) (Math.min(1.0, (double) received / total.getAsLong()) * receivingShare));
        }
    }

    synchronized void converted(long bytes, long ofBytes) {
        step = Step.CONVERTING;
        double part = ofBytes == 0 ? 1.0 : Math.min(1.0, (double) bytes / ofBytes);
        raiseTo(receivingShare + (int) (part * (ALMOST_DONE - receivingShare)));
    }

    synchronized void publishing() {
        step = Step.PUBLISHING;
        raiseTo(ALMOST_DONE);
    }

    private void raiseTo(int reached) {
        percent = Math.max(percent, reached);
    }

    synchronized ImportProgress now() {
        return new ImportProgress(received, total, percent, step);
    }
}
