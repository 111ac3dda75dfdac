package io.dvcr.converters;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** Tells how much of a disk has gone through, holes included. Not thread-safe. */
public final class WatchedSink implements DiskSink {
    private final DiskSink target;
    private final LongConsumer watcher;
    private long passed;

    /** @param watcher is given the bytes that {@code target} has taken so far, each time it has taken some */
    public WatchedSink(DiskSink target, LongConsumer watcher) {
        this.target = target;
        this.watcher = watcher;
    }

    @Override
    public void expect(long sizeBytes) throws IOException {
        target.expect(sizeBytes);
    }

    @Override
    public void data(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        target.data(bytes);
        advance(length);
    }

    @Override
    public void zeros(long lengthBytes) throws IOException {
        target.zeros(lengthBytes);
        advance(lengthBytes);
    }

    private void advance(long length) {
        passed += length;
        watcher.accept(passed);
    }
}
