package io.dvcr.converters.format;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * The grain directory of a vmdk and the grain tables that it names; a block is a grain. Each has its own pages, or they
 * could be in each other's way. Thread-safe.
 */
record VmdkMap(FileNumbers directory, FileNumbers tables, VmdkHeader header) implements BlockMap {

    static VmdkMap in(FileContent file, VmdkHeader header) {
        return new VmdkMap(
                new FileNumbers(file, ByteOrder.LITTLE_ENDIAN), new FileNumbers(file, ByteOrder.LITTLE_ENDIAN), header);
    }

    @Override
    public int blockBytes() {
        return (int) header.grainBytes();
    }

    @Override
    public long place(long grain) throws IOException {
        long table = table(grain);
        long entry = table == 0 ? 0 : tables.unsigned32(address(table, grain));
        return header.isGrain(entry) ? entry * VmdkHeader.SECTOR : ABSENT;
    }

    @Override
    public boolean isKnown(long grain) throws IOException {
        if (!directory.hasArrived(directoryAddress(grain))) {
            return false;
        }
        long table = table(grain);
        return table == 0 || tables.hasArrived(address(table, grain));
    }

    @Override
    public long behindHole(long grain) throws IOException {
        return table(grain) == 0
                ? (grain / VmdkHeader.ENTRIES_PER_TABLE + 1) * VmdkHeader.ENTRIES_PER_TABLE
                : grain + 1;
    }

    private long table(long grain) throws IOException {
        return directory.unsigned32(directoryAddress(grain));
    }

    private long directoryAddress(long grain) {
        return header.directory() * VmdkHeader.SECTOR + grain / VmdkHeader.ENTRIES_PER_TABLE * Integer.BYTES;
    }

    private static long address(long table, long grain) {
        return table * VmdkHeader.SECTOR + grain % VmdkHeader.ENTRIES_PER_TABLE * Integer.BYTES;
    }
}
