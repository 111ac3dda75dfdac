package io.dvcr.registry.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * What sockets are read into. A client that sends much gets large buffers, which Vert.x hands on as they are and
 * {@link RequestBody} gives back; it would copy each of Netty's own pool into a fresh one on the heap. Thread-safe.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    static final int LARGE_BYTES = 64 * 1024;

    private static final int SMALL_BYTES = 4 * 1024;
    private static final int KEPT = 128;

    private final DirectBuffers buffers = new DirectBuffers(LARGE_BYTES, KEPT);

    ReceiveBuffers() {
        super(BodyFlow.MOST_BUFFERS); // reads at a time, before other connections have their turn
    }

    @Override
    @SuppressWarnings("deprecation") // the interface names a deprecated type
    public Handle newHandle() {
        return new AdaptingHandle();
    }

    /** Expects a large part after one that filled its buffer, a small one after one that hardly needed it. */
    private final class AdaptingHandle extends MaxMessageHandle {
        private boolean large;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return large ? buffers.take() : allocator.ioBuffer(SMALL_BYTES);
        }

        @Override
        public int guess() {
            return large ? LARGE_BYTES : SMALL_BYTES;
        }

        @Override
        public void lastBytesRead(int bytes) {
            if (bytes == attemptedBytesRead()) {
                large = true;
            } else if (bytes <= SMALL_BYTES) {
                large = false;
            }
            super.lastBytesRead(bytes);
        }
    }
}
