package io.dvcr.registry.event;

import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.lease.Leases;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells the endpoints of the configuration of events: each is stored for every endpoint that wants it before its client
 * is answered, and posted in the background until the endpoint has taken it. So an event is delivered at least once, in
 * order for each endpoint; one that a server was posting when it died is posted again. Of several servers over one store
 * one delivers to an endpoint, whoever stored the event; what they stored is in order as far as their clocks agree. Where
 * there is no endpoint nothing is stored. Thread-safe.
 */
public final class Webhooks implements RegistryEvents, AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final WebhookSettings settings;
    private final Clock clock;
    private final Map<WebhookEndpoint, Courier> couriers = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("webhook-", 0).factory());
    private Optional<HttpClient> client = Optional.empty();
    private final AtomicLong lastMicros = new AtomicLong();

    private Webhooks(WebhookSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Goes on with what is stored for the endpoints, and forgets what is too old for endpoints that are gone. */
    public static Webhooks start(
            ObjectStore store, Leases leases, WebhookSettings settings, Clock clock, DeliveryObserver observer)
            throws IOException {
        Webhooks webhooks = new Webhooks(settings, clock);
        webhooks.forgetOld(store);
        if (!settings.endpoints().isEmpty()) {
            webhooks.employ(store, leases, observer);
        }
        return webhooks;
    }

    private void forgetOld(ObjectStore store) throws IOException {
        Instant oldest = clock.instant().minus(settings.maxAge());
        ObjectPages.forEach(store, StoreLayout.EVENTS, event -> {
            if (event.modified().isBefore(oldest)) {
                store.delete(event.key());
            }
        });
    }

    private void employ(ObjectStore store, Leases leases, DeliveryObserver observer) throws IOException {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER) // an event goes where the operator said, and nowhere else
                .executor(threads)
                .build();
        client = Optional.of(http);
        for (WebhookEndpoint endpoint : settings.endpoints()) {
            Delivery delivery = new Delivery(http, endpoint, settings.timeout(), clock);
            Outbox outbox = Outbox.open(store, endpoint.name());
            Courier courier = new Courier(endpoint.name(), outbox, delivery, observer, settings, leases, clock);
            couriers.put(endpoint, courier);
            threads.execute(courier);
        }
    }

    @Override
    public void publish(RegistryEvent event) throws IOException {
        if (couriers.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        String id = sequence(now);
        byte[] json = new CloudEvent(id, settings.source(), now, event).toJson();
        for (Map.Entry<WebhookEndpoint, Courier> courier : couriers.entrySet()) {
            if (courier.getKey().wants(event)) {
                courier.getValue().accept(id, json);
            }
        }
    }

    /** Microseconds, which rise even when the clock does not, and something that no other server makes. */
    private String sequence(Instant now) {
        long micros = now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
        long rising = lastMicros.updateAndGet(last -> Math.max(last + 1, micros));
        return "%016d-%s".formatted(rising, UUID.randomUUID());
    }

    /** The names of the endpoints. */
    public Set<String> endpoints() {
        return Set.copyOf(
                settings.endpoints().stream().map(WebhookEndpoint::name).toList());
    }

    /** How many events wait for {@code endpoint}. */
    public int pending(String endpoint) {
        return couriers.entrySet().stream()
                .filter(courier -> courier.getKey().name().equals(endpoint))
                .mapToInt(courier -> courier.getValue().pending())
                .sum();
    }

    /** Stops delivering; what is not delivered is so after the next start. */
    @Override
    public void close() {
        client.ifPresent(HttpClient::shutdownNow);
        threads.shutdownNow();
        try {
            boolean _ = threads.awaitTermination(CONNECT_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
