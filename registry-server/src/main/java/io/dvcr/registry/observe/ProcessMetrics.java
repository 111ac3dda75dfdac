package io.dvcr.registry.observe;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.List;
import java.util.Optional;

/**
 * What Java and Linux tell of this process. Bound when somebody first asks, because it takes longer than all else of a
 * start; pauses of Java's garbage collection count from then on. Thread-safe.
 */
final class ProcessMetrics implements AutoCloseable {
    private final MeterRegistry registry;
    private Optional<JvmGcMetrics> collections = Optional.empty();

    ProcessMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    synchronized void bind() {
        if (collections.isPresent()) {
            return;
        }
        JvmGcMetrics pauses = new JvmGcMetrics();
        collections = Optional.of(pauses);
        Gauge.builder("process.resident.memory.bytes", ProcessMemory::residentBytes)
                .description("Memory that the process takes up")
                .register(registry);
        List.of(
                        pauses,
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ClassLoaderMetrics(),
                        new JvmInfoMetrics(),
                        new ProcessorMetrics(),
                        new FileDescriptorMetrics(),
                        new UptimeMetrics())
                .forEach(binder -> binder.bindTo(registry));
    }

    @Override
    public synchronized void close() {
        collections.ifPresent(JvmGcMetrics::close);
    }
}
