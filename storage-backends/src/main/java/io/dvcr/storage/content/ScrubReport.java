package io.dvcr.storage.content;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How far a scrub is, or how it ended.
 *
 * @param ended empty while it is under way, or waits for the next start of the server to go on
 * @param blobs how many were read
 * @param bytes how many those had
 * @param corrupt how many blobs did not match their digest
 * @param unreadable how many blobs could not be read
 * @param missing how many times a manifest names something that its repository lacks
 * @param findings the first of these, in the order they were found
 */
public record ScrubReport(
        Instant started,
        Optional<Instant> ended,
        long blobs,
        long bytes,
        long corrupt,
        long unreadable,
        long missing,
        List<ScrubFinding> findings) {
    static final int MAX_FINDINGS = 1000;

    public ScrubReport {
        findings = List.copyOf(findings);
    }

    static ScrubReport begun(Instant started) {
        return new ScrubReport(started, Optional.empty(), 0, 0, 0, 0, 0, List.of());
    }

    /** Whether everything was read and is as it must be. */
    public boolean allWell() {
        return ended.isPresent() && corrupt == 0 && unreadable == 0 && missing == 0;
    }

    ScrubReport read(long size) {
        return new ScrubReport(started, ended, blobs + 1, bytes + size, corrupt, unreadable, missing, findings);
    }

    ScrubReport found(ScrubFinding finding) {
        List<ScrubFinding> extended = new ArrayList<>(findings);
        if (extended.size() < MAX_FINDINGS) {
            extended.add(finding);
        }
        return new ScrubReport(
                started,
                ended,
                blobs,
                bytes,
                corrupt + (finding instanceof ScrubFinding.Corrupt ? 1 : 0),
                unreadable + (finding instanceof ScrubFinding.Unreadable ? 1 : 0),
                missing + (finding instanceof ScrubFinding.Missing ? 1 : 0),
                extended);
    }

    ScrubReport ended(Instant when) {
        return new ScrubReport(started, Optional.of(when), blobs, bytes, corrupt, unreadable, missing, findings);
    }
}
