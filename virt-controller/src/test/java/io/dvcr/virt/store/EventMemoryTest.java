package io.dvcr.virt.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resources.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EventMemoryTest {
    private static final Key DATA = Key.of("default", "data");

    private final MovableClock clock = new MovableClock();
    private final EventMemory events = new EventMemory(clock);

    private void note(Event event) {
        events.note(Kinds.DISK, DATA, event);
    }

    private List<Event> noted() {
        return events.of(Kinds.DISK, DATA);
    }

    @Test
    void what_is_said_again_right_after_it_was_said_counts_up() {
        Instant now = clock.instant();
        note(Event.normal("Created", "a disk", now));
        note(Event.warning("Slow", "no host", now.plusSeconds(1)));
        note(Event.warning("Slow", "no host", now.plusSeconds(5)));
        note(Event.warning("Slow", "another host", now.plusSeconds(6)));

        assertThat(noted())
                .containsExactly(
                        Event.normal("Created", "a disk", now),
                        new Event(true, "Slow", "no host", 2, now.plusSeconds(1), now.plusSeconds(5)),
                        Event.warning("Slow", "another host", now.plusSeconds(6)));
        assertThat(events.of(Kinds.MACHINE, DATA)).isEmpty();
    }

    @Test
    void the_latest_fifty_are_kept() {
        for (int i = 0; i < 60; i++) {
            note(Event.normal("Number", Integer.toString(i), clock.instant()));
        }

        assertThat(noted()).hasSize(50).last().matches(event -> event.message().equals("59"));
    }

    @Test
    void after_an_hour_they_are_forgotten() {
        note(Event.normal("Old", "", clock.instant()));
        clock.move(Duration.ofMinutes(59));
        note(Event.normal("New", "", clock.instant()));
        assertThat(noted()).hasSize(2);

        clock.move(Duration.ofMinutes(1));
        assertThat(noted()).map(Event::reason).containsExactly("New");
        clock.move(Duration.ofHours(1));
        events.note(Kinds.DISK, Key.of("default", "other"), Event.normal("Other", "", clock.instant()));
        assertThat(noted()).isEmpty();
    }
}
