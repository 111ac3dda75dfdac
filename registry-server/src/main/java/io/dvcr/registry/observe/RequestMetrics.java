package io.dvcr.registry.observe;

import io.dvcr.registry.http.RequestEnd;
import io.dvcr.registry.http.RequestHead;
import io.dvcr.registry.http.RequestObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts requests under the names that distribution gives them. A request is told apart by its route, never by its path,
 * so what clients ask for makes no new series. Its meters are looked up once for each kind of request. Thread-safe.
 */
final class RequestMetrics implements RequestObserver {
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    private static final Duration[] DURATIONS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(25),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10)
    };
    private static final double[] SIZES = {1 << 10, 1 << 16, 1 << 20, 1 << 26, 1 << 30, 1L << 34};

    private final MeterRegistry registry;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Counter blobBytesReceived;
    private final Counter blobBytesSent;
    private final Map<Kind, Meters> meters = new ConcurrentHashMap<>();

    private record Kind(String route, String method, int status) {}

    private record Meters(
            Counter requests, Timer duration, DistributionSummary received, DistributionSummary sent, boolean blob) {}

    RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
        Gauge.builder("registry.http.in.flight.requests", inFlight, AtomicInteger::get)
                .description("Requests that have come and are not yet answered")
                .register(registry);
        blobBytesReceived = Counter.builder("registry.blob.received.bytes")
                .description("Bytes of blobs that clients have sent")
                .register(registry);
        blobBytesSent = Counter.builder("registry.blob.sent.bytes")
                .description("Bytes of blobs that clients were sent")
                .register(registry);
    }

    @Override
    public Ending begin(RequestHead head) {
        inFlight.incrementAndGet();
        return end -> {
            inFlight.decrementAndGet();
            record(head.method(), end);
        };
    }

    private void record(String method, RequestEnd end) {
        String bounded = METHODS.contains(method) ? method : "other";
        Meters kind = meters.computeIfAbsent(new Kind(end.route(), bounded, end.status()), this::register);
        kind.requests.increment();
        kind.duration.record(end.duration());
        kind.received.record((double) end.bytesReceived());
        kind.sent.record((double) end.bytesSent());
        if (kind.blob) {
            blobBytesReceived.increment((double) end.bytesReceived());
            blobBytesSent.increment((double) end.bytesSent());
        }
    }

    private Meters register(Kind kind) {
        Tags tags = Tags.of("handler", kind.route, "method", kind.method);
        return new Meters(
                Counter.builder("registry.http.requests")
                        .description("Requests that were answered")
                        .tags(tags.and("code", Integer.toString(kind.status)))
                        .register(registry),
                Timer.builder("registry.http.request.duration")
                        .description("From the head of a request to the last byte of its reply")
                        .tags(tags)
                        .serviceLevelObjectives(DURATIONS)
                        .register(registry),
                sizes("registry.http.request.size", "Bytes of request bodies", tags),
                sizes("registry.http.response.size", "Bytes of reply bodies", tags),
                kind.route.startsWith("/v2/{name}/blobs/"));
    }

    private DistributionSummary sizes(String name, String description, Tags tags) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit("bytes")
                .tags(tags)
                .serviceLevelObjectives(SIZES)
                .register(registry);
    }
}
