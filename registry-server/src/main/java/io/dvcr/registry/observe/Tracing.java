package io.dvcr.registry.observe;

import io.dvcr.importers.job.ImportObserver;
import io.dvcr.registry.http.RequestObserver;
import io.dvcr.storage.object.StoreObserver;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Traces of OpenTelemetry: a span for each request, which goes on with the trace of its client, and for each import, and
 * below them what they ask the object store to do. Nothing of it is loaded where tracing is off. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
    private static final Duration LAST_EXPORT = Duration.ofSeconds(5);

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;

    private Tracing(OpenTelemetrySdk sdk, String version) {
        this.sdk = sdk;
        this.tracer = sdk.getTracerProvider().get("io.dvcr", version);
    }

    /** @param version of this program */
    public static Tracing start(TracingSettings settings, String version) {
        SLF4JBridgeHandler.removeHandlersForRootLogger(); // the SDK logs to java.util.logging
        SLF4JBridgeHandler.install();
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook()
                .addPropertiesCustomizer(_ -> settings.properties())
                .build()
                .getOpenTelemetrySdk();
        return new Tracing(sdk, version);
    }

    public RequestObserver requests() {
        return new RequestSpans(tracer, sdk.getPropagators().getTextMapPropagator());
    }

    public StoreObserver store() {
        return new StoreSpans(tracer);
    }

    public ImportObserver imports() {
        return new ImportSpans(tracer);
    }

    /** Exports what there is, if that does not take long. */
    @Override
    public void close() {
        sdk.getSdkTracerProvider().shutdown().join(LAST_EXPORT.toSeconds(), TimeUnit.SECONDS);
        sdk.close();
    }
}
