package io.dvcr.converters;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells how much of a disk has gone through, holes included. Not thread-safe. */
public final class WatchedSink implements DiskSink {
    private final DiskSink target;
    private final Watcher watcher;
    private long passed;

    /** Is told how much has passed, in bytes. */
    @FunctionalInterface
    public interface Watcher {
        void passed(long bytes) throws IOException;
    }

    /** @param watcher is given the bytes that {@code target} has taken so far, each time it has taken some */
    public WatchedSink(DiskSink target, Watcher watcher) {
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

    private void advance(long length) throws IOException {
        passed += length;
        watcher.passed(passed);
    }
}
