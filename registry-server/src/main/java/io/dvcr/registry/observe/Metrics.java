package io.dvcr.registry.observe;

import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.ImportObserver;
import io.dvcr.importers.job.ImportPhase;
import io.dvcr.importers.mirror.Mirrors;
import io.dvcr.registry.event.DeliveryObserver;
import io.dvcr.registry.event.Webhooks;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.RequestObserver;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.Scrub;
import io.dvcr.storage.object.StoreObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Locale;

/**
 * The metrics of one server, for Prometheus. Names follow distribution's where it has one; no label holds what a client
 * can choose. Thread-safe.
 */
public final class Metrics implements AutoCloseable {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProcessMetrics process = new ProcessMetrics(registry);
    private final Clock clock;
    private final RequestMetrics requests = new RequestMetrics(registry);
    private final StoreMetrics store = new StoreMetrics(registry);
    private final ImportMetrics imports = new ImportMetrics(registry);
    private final DeliveryMetrics deliveries = new DeliveryMetrics(registry);

    /** @param version of this program */
    public Metrics(String version, Clock clock) {
        this.clock = clock;
        Gauge.builder("dvcr.build.info", () -> 1)
                .description("Which dvcr this is; always 1")
                .tag("version", version)
                .register(registry);
    }

    public RequestObserver requests() {
        return requests;
    }

    public StoreObserver store() {
        return store;
    }

    public ImportObserver imports() {
        return imports;
    }

    public DeliveryObserver deliveries() {
        return deliveries;
    }

    /** Shows what {@code content} holds, and what was collected of it. */
    public void watch(ContentStore content) {
        new GarbageMetrics(registry).watch(content.garbage());
        Gauge.builder(
                        "registry.uploads.open",
                        new Sampled(() -> content.uploads().countOpen(), clock))
                .description("Uploads that were begun and not finished")
                .register(registry);
    }

    /** Shows how far the scrub is, or how it ended. */
    public void watch(Scrub scrub) {
        new ScrubMetrics(registry).watch(scrub);
    }

    /** Shows what mirrored registries are asked for, and what is kept of them. */
    public void watch(Mirrors mirrors) {
        new MirrorMetrics(registry).watch(mirrors);
    }

    /** Shows the jobs that have not ended. */
    public void watch(ImportJobs jobs) {
        for (ImportPhase phase : List.of(ImportPhase.PENDING, ImportPhase.RUNNING)) {
            Gauge.builder("registry.imports", () -> jobs.countUnderWay(phase))
                    .description("Imports that have not ended")
                    .tag("phase", phase.label().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("registry.imports.waiting.parties", jobs::countWaitingParties)
                .description("Accounts, and namespaces that anonymous callers import to, with imports that are pending")
                .register(registry);
    }

    /** Shows the events that are not yet delivered. */
    public void watch(Webhooks webhooks) {
        for (String endpoint : webhooks.endpoints()) {
            Gauge.builder("registry.events.pending", () -> webhooks.pending(endpoint))
                    .description("Events that are stored and not yet delivered")
                    .tag("endpoint", endpoint)
                    .register(registry);
        }
    }

    /** {@code GET /metrics}: in the text format of Prometheus, or of OpenMetrics if the client asks for it. */
    Reply scrape(Request request) {
        boolean openMetrics = request.header("Accept")
                .filter(accept -> accept.contains("application/openmetrics-text"))
                .isPresent();
        String contentType = openMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : TEXT;
        process.bind();
        byte[] page = registry.scrape(contentType).getBytes(StandardCharsets.UTF_8);
        return Reply.of(200, new Reply.Body.Bytes(page)).with("Content-Type", contentType);
    }

    @Override
    public void close() {
        process.close();
        registry.close();
    }
}
