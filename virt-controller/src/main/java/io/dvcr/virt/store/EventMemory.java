package io.dvcr.virt.store;

import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What happened to resources within the last hour, in memory alone. Thread-safe. */
final class EventMemory {
    private static final Duration KEPT_FOR = Duration.ofHours(1);
    private static final int KEPT_EACH = 50;

    private final Clock clock;
    private final Map<Subject, Deque<Event>> events = new HashMap<>();
    private Instant nextSweep;

    EventMemory(Clock clock) {
        this.clock = clock;
        this.nextSweep = clock.instant().plus(KEPT_FOR);
    }

    private record Subject(String type, Key key) {}

    /** What is said again right after it was said counts up. */
    synchronized void note(ResourceType<?, ?> type, Key key, Event event) {
        sweep();
        Deque<Event> ofSubject = events.computeIfAbsent(new Subject(type.toString(), key), _ -> new ArrayDeque<>());
        Event before = ofSubject.peekLast();
        if (before != null
                && before.reason().equals(event.reason())
                && before.message().equals(event.message())) {
            ofSubject.removeLast();
            ofSubject.add(new Event(
                    event.warning(),
                    event.reason(),
                    event.message(),
                    before.count() + event.count(),
                    before.first(),
                    event.last()));
        } else {
            ofSubject.add(event);
        }
        if (ofSubject.size() > KEPT_EACH) {
            ofSubject.remove();
        }
    }

    synchronized List<Event> of(ResourceType<?, ?> type, Key key) {
        Instant oldest = clock.instant().minus(KEPT_FOR);
        return events.getOrDefault(new Subject(type.toString(), key), new ArrayDeque<>()).stream()
                .filter(event -> event.last().isAfter(oldest))
                .toList();
    }

    /** Now and then, so that resources that are gone do not stay in memory. */
    private void sweep() {
        Instant now = clock.instant();
        if (now.isBefore(nextSweep)) {
            return;
        }
        nextSweep = now.plus(KEPT_FOR);
        Instant oldest = now.minus(KEPT_FOR);
        events.values().forEach(each -> each.removeIf(event -> !event.last().isAfter(oldest)));
        events.values().removeIf(Deque::isEmpty);
    }
}
