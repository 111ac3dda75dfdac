package io.dvcr.registry.observe;

import io.dvcr.importers.job.ImportObserver;
import io.dvcr.registry.http.RequestObserver;
import io.dvcr.storage.object.StoreObserver;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Everything that looks at one server: its access log, its metrics and, if they are on, its traces. Thread-safe. */
public final class Observability implements AutoCloseable {
    private final Metrics metrics;
    private final Optional<Tracing> tracing;

    private Observability(Metrics metrics, Optional<Tracing> tracing) {
        this.metrics = metrics;
        this.tracing = tracing;
    }

    /** @param version of this program */
    public static Observability start(TracingSettings tracing, String version, Clock clock) {
        return new Observability(
                new Metrics(version, clock),
                tracing.on() ? Optional.of(Tracing.start(tracing, version)) : Optional.empty());
    }

    public Metrics metrics() {
        return metrics;
    }

    /** What is written to the access log carries the id of the trace, so tracing comes first. */
    public RequestObserver requests() {
        List<RequestObserver> observers = new ArrayList<>();
        tracing.ifPresent(it -> observers.add(it.requests()));
        observers.add(metrics.requests());
        observers.add(new AccessLog());
        return RequestObserver.all(observers);
    }

    public StoreObserver store() {
        return tracing.map(it -> StoreObserver.both(it.store(), metrics.store()))
                .orElse(metrics.store());
    }

    public ImportObserver imports() {
        return tracing.map(it -> ImportObserver.all(List.of(it.imports(), metrics.imports())))
                .orElse(metrics.imports());
    }

    @Override
    public void close() {
        tracing.ifPresent(Tracing::close);
        metrics.close();
    }
}
