package io.dvcr.registry.observe;

import io.dvcr.storage.content.GarbageCollector;
import io.dvcr.storage.content.GarbageReport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** Shows what collections of garbage have done since the server started, and what the last one left. */
final class GarbageMetrics {
    private final MeterRegistry registry;

    GarbageMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(GarbageCollector garbage) {
        counter("registry.gc.aside.blobs", "Blobs set aside", garbage, GarbageReport::setAside);
        counter("registry.gc.returned.blobs", "Blobs brought back from aside", garbage, GarbageReport::broughtBack);
        counter("registry.gc.purged.blobs", "Blobs deleted", garbage, GarbageReport::purged);
        counter("registry.gc.freed.bytes", "Bytes of the blobs deleted", garbage, GarbageReport::freedBytes);
        gauge("registry.gc.left.bytes", "Bytes that nothing names yet stay for now", garbage, GarbageReport::leftBytes);
        gauge(
                "registry.gc.unreadable.manifests",
                "Manifests that are lost or damaged",
                garbage,
                GarbageReport::unreadableManifests);
    }

    private void counter(
            String name, String description, GarbageCollector garbage, ToLongFunction<GarbageReport> number) {
        FunctionCounter.builder(name, garbage, it -> (double) number.applyAsLong(it.total()))
                .description(description)
                .register(registry);
    }

    private void gauge(
            String name, String description, GarbageCollector garbage, ToLongFunction<GarbageReport> number) {
        Gauge.builder(name, () -> number.applyAsLong(garbage.total()))
                .description(description)
                .register(registry);
    }
}
