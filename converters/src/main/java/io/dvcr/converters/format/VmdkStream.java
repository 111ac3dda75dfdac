package io.dvcr.converters.format;

import static io.dvcr.converters.format.VmdkError.refuse;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.format.VmdkError.Fault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A streamOptimized vmdk as it was meant to be read: grain after grain, each with a marker that says where it belongs;
 * Virtual Disk Format 5.0, section "Stream-Optimized Compressed Sparse Extents". Whoever reads at random goes by the
 * tables instead, so these have to name the same grains. It holds a grain and its compressed form. Not thread-safe.
 */
final class VmdkStream {
    private static final int SECTOR = VmdkHeader.SECTOR;
    private static final int END_OF_STREAM = 0;
    private static final int GRAIN_TABLE = 1;
    private static final int GRAIN_DIRECTORY = 2;
    private static final int FOOTER = 3;
    private static final long FOOTER_SECTORS = 1;
    private static final int TABLE_SECTORS = VmdkHeader.ENTRIES_PER_TABLE * Integer.BYTES / SECTOR;

    private final VmdkHeader header;
    private final InputStream file;
    private final DiskSink sink;
    private final GrainSum grains = new GrainSum();
    private final GrainSum tables;
    private final byte[] sector = new byte[SECTOR];
    private byte[] compressed = new byte[0];
    private long position; // in the file, in sectors
    private long passed; // of the disk, in sectors

    private VmdkStream(VmdkHeader header, InputStream file, DiskSink sink) {
        this.header = header;
        this.file = file;
        this.sink = sink;
        this.tables = new GrainSum(grains);
    }

    /** Gives {@code sink} the disk in {@code file}, which is read to its end. */
    static void read(VmdkHeader header, InputStream file, DiskSink sink) throws IOException {
        new VmdkStream(header, file, sink).run();
    }

    private void run() throws IOException {
        sink.expect(header.capacity() * SECTOR);
        try (GrainInflation inflation = new GrainInflation(header)) {
            pass(header.overhead());
            while (next(inflation)) {
                // until the end of the stream
            }
        }
        if (file.read() >= 0) {
            throw refuse(Fault.FOOTER_INVALID, "the file goes on behind its end of stream: expected nothing there");
        }
        if (!tables.isSameAs(grains)) {
            throw refuse(Fault.TABLES_DIFFER, "the grain tables name other grains than there are: expected the same");
        }
        zerosUpTo(header.capacity());
    }

    private boolean next(GrainInflation inflation) throws IOException {
        long begin = position;
        readSector();
        Fields marker = Fields.littleEndian(ByteBuffer.wrap(sector));
        long value = marker.signed64(0);
        long size = marker.unsigned32(8);
        if (size != 0) {
            readGrain(begin, value, size, inflation);
            return true;
        }
        int type = (int) marker.unsigned32(12);
        switch (type) {
            case END_OF_STREAM -> require(value == 0, value);
            case GRAIN_TABLE -> {
                require(value == TABLE_SECTORS, value);
                readTable();
            }
            case GRAIN_DIRECTORY -> {
                require(value == (header.tables() * (long) Integer.BYTES + SECTOR - 1) / SECTOR, value);
                pass(value);
            }
            case FOOTER -> {
                require(value == FOOTER_SECTORS, value); // the inspector looks at it, at the end of the file
                pass(value);
            }
            default -> require(false, value);
        }
        return type != END_OF_STREAM;
    }

    private void readGrain(long begin, long diskSector, long size, GrainInflation inflation) throws IOException {
        if (diskSector < passed || diskSector >= header.capacity() || diskSector % header.grain() != 0) {
            throw refuse(
                    Fault.GRAINS_UNORDERED,
                    "a grain for sector " + Long.toUnsignedString(diskSector) + " follows on sector " + passed
                            + ": expected whole grains in ascending order; convert the image to qcow2");
        }
        if (size > GrainInflation.maxBytes(header)) {
            throw refuse(
                    Fault.GRAIN_INVALID,
                    "a grain has " + size + " compressed bytes: expected at most " + GrainInflation.maxBytes(header));
        }
        grains.add(diskSector / header.grain() % VmdkHeader.ENTRIES_PER_TABLE, begin);
        zerosUpTo(diskSector);
        int length = (int) (Math.min(header.grain(), header.capacity() - diskSector) * SECTOR);
        sink.data(inflation.inflate(readCompressed((int) size), VmdkGrains.MARKER_BYTES, (int) size, length));
        passed = diskSector + length / SECTOR;
    }

    /** It begins in the sector of its marker, and ends in whole sectors. */
    private byte[] readCompressed(int size) throws IOException {
        int sectors = (VmdkGrains.MARKER_BYTES + size + SECTOR - 1) / SECTOR;
        if (compressed.length < sectors * SECTOR) {
            compressed = new byte[sectors * SECTOR];
        }
        System.arraycopy(sector, 0, compressed, 0, SECTOR);
        read(compressed, SECTOR, (sectors - 1) * SECTOR);
        return compressed;
    }

    private void readTable() throws IOException {
        for (int first = 0; first < VmdkHeader.ENTRIES_PER_TABLE; first += SECTOR / Integer.BYTES) {
            readSector();
            Fields entries = Fields.littleEndian(ByteBuffer.wrap(sector));
            for (int i = 0; i < SECTOR / Integer.BYTES; i++) {
                long entry = entries.unsigned32(i * Integer.BYTES);
                if (header.isGrain(entry)) {
                    tables.add(first + i, entry);
                }
            }
        }
    }

    private void zerosUpTo(long diskSector) throws IOException {
        if (diskSector > passed) {
            sink.zeros((diskSector - passed) * SECTOR);
            passed = diskSector;
        }
    }

    private void pass(long sectors) throws IOException {
        for (long i = 0; i < sectors; i++) {
            readSector();
        }
    }

    private void readSector() throws IOException {
        read(sector, 0, SECTOR);
    }

    private void read(byte[] target, int offset, int length) throws IOException {
        if (file.readNBytes(target, offset, length) < length) {
            throw refuse(
                    Fault.TRUNCATED, "the file ends in or behind sector " + position + ": expected an end of stream");
        }
        position += length / SECTOR;
    }

    private static void require(boolean rule, long value) {
        if (!rule) {
            throw refuse(
                    Fault.MARKER_INVALID,
                    "a marker has the value " + Long.toUnsignedString(value)
                            + ", which its type does not have, or an unknown type");
        }
    }
}
