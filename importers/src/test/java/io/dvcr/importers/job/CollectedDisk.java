package io.dvcr.importers.job;

import io.dvcr.converters.DiskSink;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Keeps a whole disk. */
final class CollectedDisk implements DiskSink {
    private final ByteArrayOutputStream disk = new ByteArrayOutputStream();

    @Override
    public void data(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        disk.writeBytes(copy);
    }

    @Override
    public void zeros(long lengthBytes) {
        disk.writeBytes(new byte[(int) lengthBytes]);
    }

    byte[] bytes() {
        return disk.toByteArray();
    }
}
