package io.dvcr.registry.observe;

import io.dvcr.importers.job.ImportFailure;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportObserver;
import io.dvcr.importers.job.ImportPhase;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;

/** A span for each run of an import. Thread-safe. */
final class ImportSpans implements ImportObserver {
    private final Tracer tracer;

    ImportSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // closed at the end
    public Ending begin(ImportJob job) {
        Span span = tracer.spanBuilder("import")
                .setParent(Context.root())
                .setAttribute("dvcr.import.id", job.id())
                .setAttribute("dvcr.repository", job.request().repository().value())
                .setAttribute("dvcr.tag", job.request().tag().value())
                .startSpan();
        Scope scope = span.makeCurrent(); // the end comes on this thread
        return ended -> {
            scope.close();
            end(span, ended);
        };
    }

    private static void end(Span span, ImportJob ended) {
        span.setAttribute("dvcr.import.phase", ended.phase().label());
        span.setAttribute("dvcr.import.received", ended.progress().bytesReceived());
        if (ended.phase() == ImportPhase.FAILED) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(
                    "error.type", ended.failure().map(ImportFailure::code).orElse("(none)"));
        }
        span.end();
    }
}
