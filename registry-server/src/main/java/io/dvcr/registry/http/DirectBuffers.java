package io.dvcr.registry.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.IntFunction;

/**
 * Memory that sockets are read into and written from, all of one size, used again when it is released. A buffer that is
 * not released is lost to the garbage collector and to nobody else. Thread-safe.
 */
final class DirectBuffers {
    private final int bytes;
    private final IntFunction<ByteBuffer> memory;
    private final BlockingQueue<ByteBuffer> free;

    /** @param kept how many are kept, on the whole, while nobody needs them */
    DirectBuffers(int bytes, int kept) {
        this(bytes, kept, ByteBuffer::allocateDirect);
    }

    /** @param memory makes a direct buffer of so many bytes */
    DirectBuffers(int bytes, int kept, IntFunction<ByteBuffer> memory) {
        this.bytes = bytes;
        this.memory = memory;
        this.free = new ArrayBlockingQueue<>(kept);
    }

    /** An empty buffer, which cannot grow. */
    ByteBuf take() {
        ByteBuffer one = Optional.ofNullable(free.poll()).orElseGet(() -> memory.apply(bytes));
        return new Returning(one.clear());
    }

    /** Says of itself that it is from no pool, so Vert.x does not copy it; and comes back, as if it were. */
    private final class Returning extends UnpooledDirectByteBuf {
        private final ByteBuffer memory;

        Returning(ByteBuffer memory) {
            super(UnpooledByteBufAllocator.DEFAULT, memory, memory.capacity());
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
