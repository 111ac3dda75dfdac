package io.dvcr.importers.mirror;

import java.util.concurrent.atomic.LongAdder;

/** What has been asked of one mirrored registry since the start. Thread-safe. */
public final class MirrorCounts {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder fetchedBytes = new LongAdder();

    /** Was there, and needed nothing but perhaps a question whether it still holds. */
    void hit() {
        hits.increment();
    }

    /** Had to be fetched. */
    void miss() {
        misses.increment();
    }

    /** Was there, and could not be asked about. */
    void stale() {
        stale.increment();
    }

    void fetched(long bytes) {
        fetchedBytes.add(bytes);
    }

    public long hits() {
        return hits.sum();
    }

    public long misses() {
        return misses.sum();
    }

    public long staleAnswers() {
        return stale.sum();
    }

    /** Of blobs and manifests, in bytes. */
    public long fetchedBytes() {
        return fetchedBytes.sum();
    }
}
