package io.dvcr.converters.format;

import io.dvcr.converters.format.Qcow2Cluster.Compressed;
import io.dvcr.converters.format.Qcow2Cluster.Data;
import io.dvcr.converters.format.Qcow2Cluster.Zeros;
import io.dvcr.converters.format.Qcow2Error.ClustersShared;
import io.dvcr.converters.format.Qcow2Error.TableMisplaced;
import io.dvcr.converters.format.Qcow2Error.Truncated;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * The active L1 table of a qcow2 file and the L2 tables it names: docs/interop/qcow2, section "Cluster mapping". QEMU
 * reads clusters beyond the end of the file as zeros and clusters claimed twice as often as they are claimed; so
 * without this check a file cut short in its data would become a disk with holes, and a small file a disk of many
 * terabytes of data. What is left is what compression can do: each compressed cluster takes at least its 8 bytes in an
 * L2 table.
 */
final class Qcow2Tables {
    private final FileChannel file;
    private final long fileBytes;
    private final Qcow2Header header;
    private long dataClusters;

    private Qcow2Tables(FileChannel file, Qcow2Header header) throws IOException {
        this.file = file;
        this.fileBytes = file.size();
        this.header = header;
    }

    /**
     * Reads each table once: at most the file's length in all, 64 MiB of it at a time in memory.
     *
     * @throws ImageException if an entry leads out of the file, or parts of the file are used more than once
     */
    static void check(FileChannel file, Qcow2Header header) throws IOException {
        new Qcow2Tables(file, header).check();
    }

    private void check() throws IOException {
        long[] tables = tables();
        ByteBuffer table = ByteBuffer.allocate((int) header.clusterBytes());
        for (long offset : tables) {
            checkTable(readAt(offset, table.clear()));
        }
        if (dataClusters > ((fileBytes - 1) >> header.clusterBits()) + 1) {
            throw new ImageException(new ClustersShared("data clusters"));
        }
    }

    /** The offsets of the L2 tables, ascending; each is within the file and there once. */
    private long[] tables() throws IOException {
        ByteBuffer l1 = readAt(header.l1Offset(), ByteBuffer.allocate(header.neededL1Entries() * Long.BYTES));
        long[] offsets = new long[header.neededL1Entries()];
        l1.asLongBuffer().get(offsets);
        offsets = Arrays.stream(offsets)
                .map(entry -> entry & Qcow2Cluster.Bits.OFFSET)
                .filter(offset -> offset != 0)
                .sorted()
                .toArray();
        long previous = 0;
        for (long offset : offsets) {
            checkTablePlace(offset);
            if (offset == previous) {
                throw new ImageException(new ClustersShared("the L2 table at byte " + offset));
            }
            previous = offset;
        }
        return offsets;
    }

    private void checkTablePlace(long offset) {
        if ((offset & (header.clusterBytes() - 1)) != 0) {
            throw new ImageException(new TableMisplaced("L2 table", offset, header.clusterBytes()));
        }
        if (offset > fileBytes - header.clusterBytes()) {
            throw new ImageException(new Truncated("L2 table", offset + header.clusterBytes(), fileBytes));
        }
    }

    private void checkTable(ByteBuffer l2) {
        while (l2.hasRemaining()) {
            switch (Qcow2Cluster.of(l2.getLong(), header)) {
                case Zeros _ -> {}
                case Compressed(long offset, int _) -> checkPlace(offset);
                case Data(long offset) -> {
                    checkPlace(offset);
                    dataClusters++;
                }
            }
        }
    }

    private void checkPlace(long offset) {
        if (offset >= fileBytes) {
            throw new ImageException(new Truncated("data", offset + 1, fileBytes));
        }
    }

    private ByteBuffer readAt(long offset, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (file.read(target, offset + target.position()) < 0) {
                throw new EOFException("the file became shorter while it was inspected");
            }
        }
        return target.flip();
    }
}
