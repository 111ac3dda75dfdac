package io.dvcr.registry.observe;

import io.dvcr.storage.content.Scrub;
import io.dvcr.storage.content.ScrubReport;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** Shows the scrub that is under way, or else the last one; zeros and no time if there was none. */
final class ScrubMetrics {
    private final MeterRegistry registry;

    ScrubMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(Scrub scrub) {
        gauge("registry.scrub.blobs", "Blobs that it has read", scrub, ScrubReport::blobs);
        gauge("registry.scrub.read.bytes", "Bytes that it has read", scrub, ScrubReport::bytes);
        gauge("registry.scrub.corrupt.blobs", "Blobs that did not match their digests", scrub, ScrubReport::corrupt);
        gauge("registry.scrub.unreadable.blobs", "Blobs that could not be read", scrub, ScrubReport::unreadable);
        gauge("registry.scrub.missing.blobs", "Blobs that manifests name and are gone", scrub, ScrubReport::missing);
        gauge(
                "registry.scrub.ended.timestamp.seconds",
                "When it ended, in seconds since 1970; 0 while it is under way",
                scrub,
                report -> report.ended()
                        .map(when -> (double) when.getEpochSecond())
                        .orElse(0.0));
    }

    private void gauge(String name, String description, Scrub scrub, ToDoubleFunction<ScrubReport> number) {
        Gauge.builder(name, () -> scrub.report().map(number::applyAsDouble).orElse(0.0))
                .description(description)
                .register(registry);
    }
}
