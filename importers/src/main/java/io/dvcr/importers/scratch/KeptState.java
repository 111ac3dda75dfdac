package io.dvcr.importers.scratch;

import io.dvcr.converters.disk.DiskSoFar.Pack;
import io.dvcr.importers.source.Representation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What there is of an import to go on with: the first bytes of a version of its source, in one form or the other. */
record KeptState(Representation version, Part part) {

    /** Where the bytes are. */
    sealed interface Part {
        /** How many. */
        long bytes();
    }

    /**
     * In a file, as they came.
     *
     * @param bytes so many are sure to be there; until the machine is started again, as many as the file has
     * @param boot when this was written
     */
    record Spooled(long bytes, Optional<Boot> boot) implements Part {}

    /**
     * In chunks, of which tables are kept and the packs are in the store, but for the one under way.
     *
     * @param run which of the job wrote the files
     * @param chunkBytes so much of the table of chunks counts
     * @param extentBytes so much of the table of extents counts
     * @param underWay of each pack that is under way, by its number, how much of the file with its frames counts
     */
    record Chunked(
            long bytes, int run, long chunkBytes, long extentBytes, Map<Integer, Integer> underWay, List<Pack> packs)
            implements Part {
        Chunked {
            underWay = Map.copyOf(underWay);
            packs = List.copyOf(packs);
        }
    }
}
