package io.dvcr.storage.content;

import java.util.List;

/**
 * What a check of a store has seen.
 *
 * @param blobs whose bytes are stored, those that were set aside among them
 * @param composites blobs that are made of others
 * @param read how many blobs of either kind were read again
 * @param readBytes how many bytes those had
 * @param faults how many findings there were
 * @param findings the first of them
 */
public record CheckReport(
        Amount blobs,
        long composites,
        long repositories,
        long manifests,
        long tags,
        long read,
        long readBytes,
        Leftovers leftovers,
        long faults,
        List<CheckFinding> findings) {
    /** Of these are told. */
    public static final int MAX_FINDINGS = 1000;

    public CheckReport {
        findings = List.copyOf(findings);
    }

    /** Whether everything that was looked at is as it must be. What is left over is no fault. */
    public boolean allWell() {
        return faults == 0;
    }

    /** A number of objects, and what they have together. */
    public record Amount(long count, long bytes) {
        static final Amount NOTHING = new Amount(0, 0);

        Amount plus(long size) {
            return new Amount(count + 1, bytes + size);
        }
    }

    /**
     * What is there and of no use any more, or not yet; a server removes it in time.
     *
     * @param unnamed blobs in their places that no manifest names
     * @param setAside blobs and composites that garbage collection has set aside
     * @param quarantined blobs that were found to be corrupt
     * @param uploads pushes of blobs that have begun and not ended
     * @param imageUploads the same of images
     * @param abandoned what writers that were killed have left: files, multipart uploads, bytes without an upload
     */
    public record Leftovers(
            Amount unnamed, Amount setAside, Amount quarantined, long uploads, long imageUploads, long abandoned) {}
}
