package io.dvcr.converters.format;

import java.io.IOException;

/**
 * One table that has an entry of 32 bits for each block of the disk.
 *
 * @param table where it begins in the file
 */
record FlatMap(FileNumbers numbers, long table, int blockBytes, Entry entry) implements BlockMap {

    /** What an entry says. */
    @FunctionalInterface
    interface Entry {
        /** Where the block begins in the file, or {@link BlockMap#ABSENT}. */
        long place(long value);
    }

    @Override
    public long place(long block) throws IOException {
        return entry.place(numbers.unsigned32(address(block)));
    }

    @Override
    public boolean isKnown(long block) throws IOException {
        return numbers.hasArrived(address(block));
    }

    private long address(long block) {
        return table + block * Integer.BYTES;
    }
}
