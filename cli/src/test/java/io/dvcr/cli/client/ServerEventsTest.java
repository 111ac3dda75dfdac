package io.dvcr.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ServerEventsTest {
    private final Deque<ServerEvents.Source> streams = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final List<Integer> seen = new ArrayList<>();

    private void follow(int last) throws IOException {
        new ServerEvents(id -> {
                    asked.add(id);
                    return streams.remove().open(id);
                })
                .follow(data -> {
                    seen.add(data.asInt());
                    return data.asInt() != last;
                });
    }

    private static Optional<InputStream> stream(String text) {
        return Optional.of(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    private static InputStream broken() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("connection reset");
            }
        };
    }

    @Test
    void events_are_given_in_order_until_enough_was_seen() throws IOException {
        streams.add(
                _ -> stream("retry: 1\n\n:\n\nid: a\nevent: x\ndata: 1\n\nid: b\nevent: x\ndata: 2\n\ndata: 3\n\n"));
        follow(2);
        assertThat(seen).containsExactly(1, 2);
    }

    @Test
    void a_stream_that_ends_or_is_cut_is_taken_up_behind_the_last_event() throws IOException {
        streams.add(_ -> stream("id: a\ndata: 1\n\nid: b\n"));
        streams.add(_ ->
                Optional.of(new SequenceInputStream(stream("id: c\ndata: 2\n\n").orElseThrow(), broken())));
        streams.add(_ -> {
            throw new IOException("no server answers");
        });
        streams.add(_ -> stream("id: d\ndata: 3\n\n"));
        follow(3);
        assertThat(seen).containsExactly(1, 2, 3);
        assertThat(asked).containsExactly("", "a", "c", "c");
    }

    @Test
    void it_ends_when_the_server_has_no_more() throws IOException {
        streams.add(_ -> stream("id: a\ndata: 1\n\n"));
        streams.add(_ -> Optional.empty());
        follow(2);
        assertThat(seen).containsExactly(1);
    }

    @Test
    void a_server_that_refuses_is_not_asked_again() {
        streams.add(_ -> stream("id: a\ndata: 1\n\n"));
        streams.add(_ -> {
            throw new RefusedException("does not exist");
        });
        assertThatThrownBy(() -> follow(2)).hasMessage("does not exist");
    }

    @Test
    void a_server_that_never_was_there_is_not_waited_for() {
        streams.add(_ -> {
            throw new IOException("no server answers");
        });
        assertThatThrownBy(() -> follow(2)).hasMessage("no server answers");
    }
}
