package io.dvcr.registry.observe;

import io.dvcr.registry.event.DeliveryObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Counts what became of events. Thread-safe. */
final class DeliveryMetrics implements DeliveryObserver {
    private final MeterRegistry registry;

    DeliveryMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void ended(String endpoint, Outcome outcome) {
        Counter.builder("registry.event.deliveries")
                .description("What became of events, and of attempts to deliver them")
                .tag("endpoint", endpoint)
                .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
