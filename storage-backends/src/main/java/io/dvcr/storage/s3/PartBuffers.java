package io.dvcr.storage.s3;

import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** Arrays for whole parts, used again: the collector is slow with such large ones. Thread-safe. */
final class PartBuffers {
    private static final int KEPT = 16;

    private final int partBytes;
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(KEPT);

    PartBuffers(int partBytes) {
        this.partBytes = partBytes;
    }

    byte[] take() {
        return Optional.ofNullable(free.poll()).orElseGet(() -> new byte[partBytes]);
    }

    /** Dropped if there are enough, or it is none of a whole part. */
    void giveBack(byte[] buffer) {
        if (buffer.length == partBytes) {
            boolean _ = free.offer(buffer);
        }
    }
}
