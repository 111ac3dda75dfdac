package io.dvcr.registry.observe;

import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportObserver;
import io.dvcr.importers.job.ImportPhase;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Times imports, and counts how they end. Thread-safe. */
final class ImportMetrics implements ImportObserver {
    private static final Duration[] DURATIONS = {
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;

    ImportMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (ImportPhase phase : ImportPhase.values()) {
            if (phase.ended()) {
                timer(phase); // so that a failure is seen as a rise from zero
            }
        }
    }

    @Override
    public Ending begin(ImportJob job) {
        long start = System.nanoTime();
        return ended -> {
            if (ended.phase().ended()) {
                timer(ended.phase()).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
        };
    }

    private Timer timer(ImportPhase phase) {
        return Timer.builder("registry.import.duration")
                .description("Imports that have ended, from when they began to run")
                .tag("phase", phase.label().toLowerCase(Locale.ROOT))
                .serviceLevelObjectives(DURATIONS)
                .register(registry);
    }
}
