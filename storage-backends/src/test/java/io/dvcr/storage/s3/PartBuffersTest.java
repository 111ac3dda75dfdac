package io.dvcr.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PartBuffersTest {
    private static final int PART = 1000;

    @Test
    void who_finds_none_waits_for_one_that_is_given_back() throws Exception {
        PartBuffers buffers = new PartBuffers(PART, 1, Duration.ofMinutes(1));
        ByteBuffer only = buffers.take().put((byte) 1);
        try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ByteBuffer> waiting = thread.submit(buffers::take);
            buffers.giveBack(only);
            assertThat(waiting.get()).isSameAs(only);
            assertThat(only.remaining()).isEqualTo(PART);
        }
    }

    @Test
    void who_waits_for_long_is_told_to_come_again() throws IOException {
        PartBuffers buffers = new PartBuffers(PART, 2, Duration.ofMillis(1));
        buffers.take();
        ByteBuffer second = buffers.take();
        assertThatThrownBy(buffers::take)
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("too many uploads");
        buffers.giveBack(second);
        assertThat(buffers.take()).isSameAs(second);
    }
}
