package io.dvcr.registry.observe;

import io.dvcr.storage.object.StoreObserver;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.Locale;

/** A span for what a traced request or import asks the object store to do. Thread-safe. */
final class StoreSpans implements StoreObserver {
    private final Tracer tracer;

    StoreSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Ending begin(Action action) {
        if (!Span.current().isRecording()) { // housekeeping is not worth a trace each time
            return _ -> {};
        }
        Span span = tracer.spanBuilder("store " + action.name().toLowerCase(Locale.ROOT))
                .startSpan();
        return failed -> {
            if (failed) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        };
    }
}
