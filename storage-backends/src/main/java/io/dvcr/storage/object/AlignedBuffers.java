package io.dvcr.storage.object;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Buffers that a disk can take bytes from without a copy. There is a fixed number of them, whatever the number of those
 * who write, so memory is bounded; they are made when first needed and kept. Thread-safe.
 */
final class AlignedBuffers {
    /** Large enough that what each write costs does not count, small enough to stay in the processor's cache. */
    static final int BUFFER_BYTES = 1 << 20;

    private static final int MAX_ALIGNMENT = 64 * 1024;

    private final int alignment;
    private final AtomicInteger unmade;
    private final ConcurrentLinkedQueue<ByteBuffer> free = new ConcurrentLinkedQueue<>();

    /** @param alignment what the disk wants addresses, positions and lengths to be multiples of, in bytes */
    AlignedBuffers(long alignment, int count) {
        boolean usable = alignment <= MAX_ALIGNMENT && Long.bitCount(alignment) == 1;
        this.alignment = usable ? (int) alignment : MAX_ALIGNMENT;
        this.unmade = new AtomicInteger(usable ? count : 0);
    }

    /** Whether what a buffer holds may be written at {@code position}. */
    boolean mayBeginAt(long position) {
        return position % alignment == 0;
    }

    /** How many bytes behind {@code position}, which is 1 at least, is the next where a buffer may begin. */
    int untilNextBeginning(long position) {
        return alignment - (int) (position % alignment);
    }

    /** An empty buffer, unless all are in use. */
    Optional<ByteBuffer> take() {
        Optional<ByteBuffer> taken = Optional.ofNullable(free.poll());
        if (taken.isPresent()) {
            return taken.map(ByteBuffer::clear);
        }
        boolean mayMake = unmade.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        return mayMake
                ? Optional.of(ByteBuffer.allocateDirect(BUFFER_BYTES + alignment)
                        .alignedSlice(alignment)
                        .slice(0, BUFFER_BYTES))
                : Optional.empty();
    }

    void giveBack(ByteBuffer buffer) {
        free.add(buffer);
    }
}
