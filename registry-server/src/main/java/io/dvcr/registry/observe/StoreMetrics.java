package io.dvcr.registry.observe;

import io.dvcr.storage.object.StoreObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Times what the object store does. Thread-safe. */
final class StoreMetrics implements StoreObserver {
    private static final Duration[] DURATIONS = {
        Duration.ofNanos(100_000),
        Duration.ofMillis(1),
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10)
    };

    private final Map<Action, Meters> meters = new EnumMap<>(Action.class);

    private record Meters(Timer duration, Counter failures) {}

    StoreMetrics(MeterRegistry registry) {
        for (Action action : Action.values()) {
            meters.put(action, register(registry, action.name().toLowerCase(Locale.ROOT)));
        }
    }

    private static Meters register(MeterRegistry registry, String action) {
        return new Meters(
                Timer.builder("registry.storage.action")
                        .description("What the object store was asked to do")
                        .tag("action", action)
                        .serviceLevelObjectives(DURATIONS)
                        .register(registry),
                Counter.builder("registry.storage.errors")
                        .description("What the object store failed to do")
                        .tag("action", action)
                        .register(registry));
    }

    @Override
    public Ending begin(Action action) {
        long start = System.nanoTime();
        Meters of = Objects.requireNonNull(meters.get(action));
        return failed -> {
            of.duration.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            if (failed) {
                of.failures.increment();
            }
        };
    }
}
