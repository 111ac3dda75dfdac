package io.dvcr.converters.format;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.format.Qcow2Cluster.Compressed;
import io.dvcr.converters.format.Qcow2Cluster.Data;
import io.dvcr.converters.format.Qcow2Cluster.Zeros;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The active disk of a qcow2 file: docs/interop/qcow2 of the QEMU sources, section "Cluster mapping". Beside the L1
 * table it holds the L2 table that was used last. Thread-safe.
 */
final class Qcow2Disk implements RandomAccessDisk {
    private final FileContent file;
    private final Qcow2Header header;
    private final LongBuffer l1;
    private final int tableClusters;
    private volatile @Nullable Table lastUsed;

    /** An L2 table. */
    private record Table(long offset, LongBuffer entries) {}

    private Qcow2Disk(FileContent file, Qcow2Header header, LongBuffer l1) {
        this.file = file;
        this.header = header;
        this.l1 = l1;
        this.tableClusters = (int) (header.clusterBytes() / Long.BYTES);
    }

    static Qcow2Disk open(FileContent file, Qcow2Header header) throws IOException {
        return new Qcow2Disk(file, header, numbers(file, header.l1Offset(), header.neededL1Entries()));
    }

    @Override
    public long size() {
        return header.virtualSizeBytes();
    }

    /** A run goes on into the next L2 table only if that is there by now. */
    @Override
    public Run runAt(long offset) throws IOException {
        Objects.checkIndex(offset, size());
        long first = offset >> header.clusterBits();
        boolean data = isData(first);
        long end = first + 1;
        while (end << header.clusterBits() < size() && isKnown(end) && isData(end) == data) {
            end = isEmptyTable(end) ? (end / tableClusters + 1) * tableClusters : end + 1;
        }
        return new Run(offset, Math.min(size(), end << header.clusterBits()) - offset, data);
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), size());
        try (Qcow2Inflation inflation = new Qcow2Inflation(file, header)) {
            long position = offset;
            while (target.hasRemaining()) {
                position += readRun(position, target, inflation);
            }
        }
    }

    @Override
    public void close() {
        // the file is whoever opened it
    }

    /** Reads clusters that follow each other in the file, or one that does not lie there as it is. */
    private long readRun(long position, ByteBuffer target, Qcow2Inflation inflation) throws IOException {
        long cluster = position >> header.clusterBits();
        int within = (int) (position & (header.clusterBytes() - 1));
        int length = (int) Math.min(target.remaining(), header.clusterBytes() - within);
        switch (cluster(cluster)) {
            case Zeros _ -> putZeros(target, length);
            case Compressed compressed ->
                target.put(inflation.inflate(compressed).slice(within, length));
            case Data(long offset) -> {
                length = contiguous(cluster, offset, length, target.remaining());
                readData(offset + within, target, length);
            }
        }
        return length;
    }

    /** How much of {@code wanted} can be read at once, if {@code length} of it is in the cluster at {@code offset}. */
    private int contiguous(long cluster, long offset, int length, int wanted) throws IOException {
        int together = length;
        long next = offset + header.clusterBytes();
        for (long number = cluster + 1; together < wanted && cluster(number).equals(new Data(next)); number++) {
            together = (int) Math.min(wanted, together + header.clusterBytes());
            next += header.clusterBytes();
        }
        return together;
    }

    /** The last cluster of a file may lack its end, which reads as zeros then. */
    private void readData(long offset, ByteBuffer target, int length) throws IOException {
        ByteBuffer part = target.slice(target.position(), length);
        file.read(offset, part);
        if (part.position() == 0) {
            throw new EOFException("the file ends before byte " + offset + ", where there should be data");
        }
        target.position(target.position() + part.position());
        putZeros(target, part.remaining());
    }

    private static void putZeros(ByteBuffer target, int length) {
        target.put(ByteBuffer.allocate(length));
    }

    private boolean isData(long cluster) throws IOException {
        return !(cluster(cluster) instanceof Zeros);
    }

    private boolean isEmptyTable(long cluster) {
        return tableOffset(cluster) == 0;
    }

    private boolean isKnown(long cluster) throws IOException {
        Table table = lastUsed;
        long offset = tableOffset(cluster);
        return offset == 0
                || (table != null && table.offset() == offset)
                || offset + header.clusterBytes() <= file.arrived();
    }

    private Qcow2Cluster cluster(long cluster) throws IOException {
        long offset = tableOffset(cluster);
        return offset == 0
                ? Qcow2Cluster.ZEROS
                : Qcow2Cluster.of(table(offset).entries().get((int) (cluster % tableClusters)), header);
    }

    private long tableOffset(long cluster) {
        return l1.get((int) (cluster / tableClusters)) & Qcow2Cluster.Bits.OFFSET;
    }

    private Table table(long offset) throws IOException {
        Table table = lastUsed;
        if (table == null || table.offset() != offset) {
            table = new Table(offset, numbers(file, offset, tableClusters));
            lastUsed = table;
        }
        return table;
    }

    private static LongBuffer numbers(FileContent file, long offset, int count) throws IOException {
        ByteBuffer table = ByteBuffer.allocate(count * Long.BYTES);
        file.read(offset, table);
        if (table.hasRemaining()) {
            throw new EOFException("the file ends within the table at byte " + offset);
        }
        return table.flip().asLongBuffer();
    }
}
