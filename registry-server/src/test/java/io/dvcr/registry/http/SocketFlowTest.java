package io.dvcr.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.http.BodyFlow.SocketFlow;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The event loop and the reader are both this thread: what the loop is asked to do later is done by {@code later()}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class SocketFlowTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SocketFlow flow = new SocketFlow(channel);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void the_socket_is_read_as_long_as_few_buffers_wait() {
        received(BodyFlow.MOST_BUFFERS - 1);

        assertThat(isRead()).isTrue();
    }

    @Test
    void the_socket_is_not_read_while_too_many_wait() {
        received(BodyFlow.MOST_BUFFERS);
        assertThat(isRead()).isFalse();

        taken(BodyFlow.MOST_BUFFERS - BodyFlow.FEW_BUFFERS - 1);
        later();
        assertThat(isRead()).isFalse();

        taken(1);
        later();
        assertThat(isRead()).isTrue();
    }

    @Test
    void it_stops_again_whenever_the_reader_falls_behind() {
        for (int i = 0; i < 5; i++) {
            received(BodyFlow.MOST_BUFFERS - (i == 0 ? 0 : BodyFlow.FEW_BUFFERS));
            assertThat(isRead()).isFalse();
            taken(BodyFlow.MOST_BUFFERS - BodyFlow.FEW_BUFFERS);
            later();
            assertThat(isRead()).isTrue();
        }
    }

    @Test
    void a_body_that_nobody_wants_does_not_stop() {
        received(BodyFlow.MOST_BUFFERS);
        flow.open();
        later();
        assertThat(isRead()).isTrue();

        received(100);
        assertThat(isRead()).isTrue();
    }

    @Test
    void the_end_of_a_body_leaves_the_socket_to_the_next_request() {
        received(BodyFlow.MOST_BUFFERS);
        flow.end();
        assertThat(isRead()).isTrue();

        channel.config().setAutoRead(false); // by the next
        taken(BodyFlow.MOST_BUFFERS);
        later();
        assertThat(isRead()).isFalse();
    }

    private void received(int buffers) {
        for (int i = 0; i < buffers; i++) {
            flow.received();
        }
    }

    private void taken(int buffers) {
        for (int i = 0; i < buffers; i++) {
            flow.taken();
        }
    }

    private void later() {
        channel.runPendingTasks();
    }

    private boolean isRead() {
        return channel.config().isAutoRead();
    }
}
