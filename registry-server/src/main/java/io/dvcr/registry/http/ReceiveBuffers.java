package io.dvcr.registry.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * What sockets are read into. A client that sends much gets large buffers, which Vert.x hands on as they are and
 * {@link RequestBody} gives back; it would copy each of Netty's own pool into a fresh one on the heap. A buffer that is
 * not given back is lost to the garbage collector and to nobody else. Thread-safe.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
    static final int LARGE_BYTES = 64 * 1024;

    private static final int SMALL_BYTES = 4 * 1024;

    /** How many are kept, on the whole, while nobody needs them. */
    private static final int KEPT = 128;

    private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(KEPT);

    ReceiveBuffers() {
        super(BodyFlow.MOST_BUFFERS); // reads at a time, before other connections have their turn
    }

    @Override
    @SuppressWarnings("deprecation") // the interface names a deprecated type
    public Handle newHandle() {
        return new AdaptingHandle();
    }

    private ByteBuf large() {
        ByteBuffer memory = Optional.ofNullable(free.poll()).orElseGet(() -> ByteBuffer.allocateDirect(LARGE_BYTES));
        return new LargeBuffer(memory.clear());
    }

    /** Expects a large part after one that filled its buffer, a small one after one that hardly needed it. */
    private final class AdaptingHandle extends MaxMessageHandle {
        private boolean large;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return large ? large() : allocator.ioBuffer(SMALL_BYTES);
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

    /** Says of itself that it is from no pool, so it is not copied; and comes back, as if it were. */
    private final class LargeBuffer extends UnpooledDirectByteBuf {
        private final ByteBuffer memory;

        LargeBuffer(ByteBuffer memory) {
            super(UnpooledByteBufAllocator.DEFAULT, memory, LARGE_BYTES);
            this.memory = memory;
            clear();
        }

        @Override
        protected void deallocate() {
            super.deallocate();
            free.offer(memory); // more than are kept are for the garbage collector
        }
    }
}
