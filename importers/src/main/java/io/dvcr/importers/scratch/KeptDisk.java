package io.dvcr.importers.scratch;

import io.dvcr.converters.DiskSink;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.importers.source.Representation;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk on its way to its writer, of which is kept how far it has come. Not thread-safe. */
final class KeptDisk implements DiskSink {
    private final DiskSink sink;
    private final DiskWriter writer;
    private final Keeping keeping;
    private final DiskTables tables;
    private final Representation version;
    private long passed;

    KeptDisk(DiskSink sink, DiskWriter writer, Keeping keeping, DiskTables tables, Representation version) {
        this.sink = sink;
        this.writer = writer;
        this.keeping = keeping;
        this.tables = tables;
        this.version = version;
    }

    @Override
    public void expect(long sizeBytes) throws IOException {
        sink.expect(sizeBytes);
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        sink.data(bytes);
        pass(length);
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        sink.zeros(lengthBytes);
        pass(lengthBytes);
    }

    private void pass(long length) throws IOException {
        passed += length;
        if (keeping.isDue(passed)) {
            tables.add(writer.soFar());
            keeping.keep(passed, () -> tables.write(version));
        }
    }
}
