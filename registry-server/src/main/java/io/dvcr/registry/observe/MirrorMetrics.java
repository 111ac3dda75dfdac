package io.dvcr.registry.observe;

import io.dvcr.importers.mirror.CacheReport;
import io.dvcr.importers.mirror.Mirror;
import io.dvcr.importers.mirror.MirrorCounts;
import io.dvcr.importers.mirror.Mirrors;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToLongFunction;

/** Shows what mirrored registries are asked for, and what is kept of them. */
final class MirrorMetrics {
    private final MeterRegistry registry;

    MirrorMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(Mirrors mirrors) {
        for (Mirror mirror : mirrors.all()) {
            counter("registry.mirror.hits", "Answers that were there", mirror, MirrorCounts::hits);
            counter("registry.mirror.misses", "Answers that had to be fetched", mirror, MirrorCounts::misses);
            counter(
                    "registry.mirror.stale",
                    "Answers that were there while the registry could not be asked",
                    mirror,
                    MirrorCounts::staleAnswers);
            counter(
                    "registry.mirror.fetched.bytes",
                    "Bytes that came from the registry",
                    mirror,
                    MirrorCounts::fetchedBytes);
        }
        if (mirrors.kept().isPresent()) {
            gauge("registry.mirror.bytes", "Bytes that are kept of mirrored registries", mirrors, CacheReport::bytes);
            gauge("registry.mirror.pinned.bytes", "Bytes of them that must stay", mirrors, CacheReport::pinnedBytes);
            counter("registry.mirror.evicted.blobs", "Blobs removed to make room", mirrors, CacheReport::removed);
            counter(
                    "registry.mirror.evicted.bytes",
                    "Bytes of the blobs removed to make room",
                    mirrors,
                    CacheReport::removedBytes);
        }
    }

    private void counter(String name, String description, Mirror mirror, ToLongFunction<MirrorCounts> number) {
        FunctionCounter.builder(name, mirror, it -> (double) number.applyAsLong(it.counts()))
                .description(description)
                .tag("mirror", mirror.registry().prefix().value())
                .register(registry);
    }

    private void counter(String name, String description, Mirrors mirrors, ToLongFunction<CacheReport> number) {
        FunctionCounter.builder(name, mirrors, it -> of(it, number))
                .description(description)
                .register(registry);
    }

    private void gauge(String name, String description, Mirrors mirrors, ToLongFunction<CacheReport> number) {
        Gauge.builder(name, () -> of(mirrors, number)).description(description).register(registry);
    }

    private static double of(Mirrors mirrors, ToLongFunction<CacheReport> number) {
        return mirrors.kept().map(report -> (double) number.applyAsLong(report)).orElse(0.0);
    }
}
