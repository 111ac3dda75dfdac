package io.dvcr.converters.format;

import java.io.IOException;

/** Where the blocks of a disk lie in its file, as the tables there say. Implementations are thread-safe. */
interface BlockMap {

    /** The place of a block that is not in the file and reads as zeros. */
    long ABSENT = -1;

    /** How long a block is; the last one of a disk may be cut short. */
    int blockBytes();

    /**
     * Where {@code block} begins in the file, or {@link #ABSENT}. Waits for its entry if that has yet to arrive.
     *
     * @throws ImageException if the entry says what cannot be
     */
    long place(long block) throws IOException;

    /** Whether {@link #place} would tell without waiting. */
    boolean isKnown(long block) throws IOException;

    /** The first block behind {@code block}, which is absent, that may be present: so holes need not be counted through. */
    default long behindHole(long block) throws IOException {
        return block + 1;
    }
}
