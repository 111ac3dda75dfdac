package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.format.VmdkError.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The grain directory of a vmdk file and the grain tables it names: Virtual Disk Format 5.0, section "Grain Directory
 * and Grain Tables". QEMU reads grains beyond the end of the file as zeros, and grains claimed twice as often as they
 * are claimed; so without this check a file cut short would become a disk with holes, and a small file one of many
 * terabytes of data.
 */
final class VmdkTables {
    private static final int TABLE_BYTES = VmdkHeader.ENTRIES_PER_TABLE * Integer.BYTES;

    private final ImageFile file;
    private final VmdkHeader header;
    private long grains;

    private VmdkTables(ImageFile file, VmdkHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Reads each table once. The directory takes 16 MiB at most.
     *
     * @throws ImageException if an entry leads out of the file, or parts of the file are used more than once
     */
    static void check(ImageFile file, VmdkHeader header) throws IOException {
        new VmdkTables(file, header).check();
    }

    private void check() throws IOException {
        long directory = header.directory() * VmdkHeader.SECTOR;
        checkShared(SortedNumbers.of(file, directory, header.tables(), ByteOrder.LITTLE_ENDIAN));
        FileNumbers numbers = new FileNumbers(FileContent.of(file.channel()), ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < header.tables(); i++) {
            long table = numbers.unsigned32(directory + (long) i * Integer.BYTES);
            if (table != 0) {
                checkTable(i, table);
            }
        }
        long least = header.compressed() ? VmdkHeader.SECTOR : header.grainBytes();
        if (grains > (file.size() - 1) / least + 1) {
            throw refuse(
                    Fault.GRAINS_SHARED,
                    "the image uses " + grains + " grains: expected each part of the file to be used once");
        }
    }

    private static void checkShared(SortedNumbers tables) {
        for (int i = 1; i < tables.count(); i++) {
            long table = tables.get(i);
            if (table != 0 && table == tables.get(i - 1)) {
                throw refuse(
                        Fault.GRAINS_SHARED,
                        "the image uses the grain table at sector " + table + " more than once: expected once");
            }
        }
    }

    private void checkTable(int number, long sector) throws IOException {
        VmdkHeader.checkWithin("grain table", sector, TABLE_BYTES, file.size());
        ByteBuffer table = buffer(sector, TABLE_BYTES);
        long begin = (long) number * VmdkHeader.ENTRIES_PER_TABLE * header.grain();
        for (long disk = begin; table.hasRemaining() && disk < header.capacity(); disk += header.grain()) {
            long entry = Integer.toUnsignedLong(table.getInt());
            if (header.isGrain(entry)) {
                grains++;
                VmdkHeader.checkWithin("data", entry, neededBytes(disk), file.size());
            }
        }
    }

    private long neededBytes(long diskSector) {
        if (header.compressed()) {
            return VmdkGrains.MARKER_BYTES;
        }
        return Math.min(header.grain(), header.capacity() - diskSector) * VmdkHeader.SECTOR;
    }

    private ByteBuffer buffer(long sector, int bytes) throws IOException {
        return file.read(sector * VmdkHeader.SECTOR, ByteBuffer.allocate(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
