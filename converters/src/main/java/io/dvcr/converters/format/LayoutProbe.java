package io.dvcr.converters.format;

import io.dvcr.converters.DiskSink;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Passes a disk on, and looks at its beginning as it passes. It keeps 64 KiB. Not thread-safe. */
public final class LayoutProbe implements DiskSink {
    private static final int HEAD_BYTES = 64 << 10; // a GPT with 128 entries has 17 KiB, or 24 KiB in sectors of 4096

    private final DiskSink target;
    private final ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);

    public LayoutProbe(DiskSink target) {
        this.target = target;
    }

    @Override
    public void expect(long sizeBytes) throws IOException {
        target.expect(sizeBytes);
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        head.put(bytes.slice(bytes.position(), Math.min(head.remaining(), bytes.remaining())));
        target.data(bytes);
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        head.position(head.position() + (int) Math.min(head.remaining(), lengthBytes));
        target.zeros(lengthBytes);
    }

    /** What the disk looks like, as far as it has passed. */
    public DiskLayout layout() {
        return PartitionSectors.layout(head.asReadOnlyBuffer().flip());
    }
}
