package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.vertx.core.internal.buffer.BufferInternal;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
@SuppressWarnings("deprecation") // Netty's interface names a deprecated type
class ReceiveBuffersTest {
    private final RecvByteBufAllocator.Handle handle = new ReceiveBuffers().newHandle();

    @Test
    void a_client_that_sends_little_gets_small_buffers() {
        ByteBuf buffer = receive(100);

        assertThat(buffer.capacity()).isLessThan(ReceiveBuffers.LARGE_BYTES);
        buffer.release();
    }

    @Test
    void a_client_that_fills_its_buffer_gets_large_ones_until_it_sends_little_again() {
        receive(4096).release();

        ByteBuf large = receive(ReceiveBuffers.LARGE_BYTES);
        assertThat(large.capacity()).isEqualTo(ReceiveBuffers.LARGE_BYTES);
        large.release();

        receive(10).release();
        ByteBuf small = receive(10);
        assertThat(small.capacity()).isLessThan(ReceiveBuffers.LARGE_BYTES);
        small.release();
    }

    @Test
    void what_is_given_back_is_used_again() {
        receive(4096).release();
        ByteBuf first = receive(ReceiveBuffers.LARGE_BYTES);
        long address = first.memoryAddress();
        ByteBuf part = first.readRetainedSlice(10);
        first.release();

        ByteBuf second = receive(ReceiveBuffers.LARGE_BYTES);
        assertThat(second.memoryAddress()).isNotEqualTo(address); // a part of the first is still in use
        part.release();

        ByteBuf third = receive(ReceiveBuffers.LARGE_BYTES);
        assertThat(third.memoryAddress()).isEqualTo(address);
        second.release();
        third.release();
    }

    @Test
    void vertx_hands_large_buffers_on_as_they_are_and_to_be_released() {
        receive(4096).release();
        ByteBuf large = receive(ReceiveBuffers.LARGE_BYTES);

        ByteBuf handedOn = RequestBody.bytesOf(BufferInternal.safeBuffer(large.readRetainedSlice(1000)));

        assertThat(handedOn.memoryAddress()).isEqualTo(large.memoryAddress());
        handedOn.release();
        large.release();
        assertThat(large.refCnt()).isZero();
    }

    /** As a channel does with {@code bytes} that have come. */
    private ByteBuf receive(int bytes) {
        ByteBuf buffer = handle.allocate(PooledByteBufAllocator.DEFAULT);
        handle.attemptedBytesRead(buffer.writableBytes());
        int read = Math.min(bytes, buffer.writableBytes());
        buffer.writeZero(read);
        handle.lastBytesRead(read);
        return buffer;
    }
}
