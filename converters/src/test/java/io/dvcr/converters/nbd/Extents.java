package io.dvcr.converters.nbd;

import io.dvcr.converters.RandomAccessDisk.Run;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Known runs of a disk, one behind the other. */
record Extents(List<Run> runs) {
    static final Extents NONE = new Extents(List.of());

    Extents {
        runs = List.copyOf(runs);
    }

    /** What is known from {@code offset} on; empty if nothing is. */
    Optional<Run> from(long offset) {
        if (runs.isEmpty()
                || offset < runs.getFirst().offset()
                || offset >= runs.getLast().end()) {
            return Optional.empty();
        }
        Run run = runs.get(indexOf(offset));
        return Optional.of(new Run(offset, run.end() - offset, run.data()));
    }

    private int indexOf(long offset) {
        Run key = new Run(offset, 1, true);
        int found = Collections.binarySearch(runs, key, Comparator.comparingLong(Run::offset));
        return found >= 0 ? found : -found - 2;
    }
}
