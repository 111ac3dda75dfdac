package io.dvcr.registry.event;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is told of events, and how hard it is tried.
 *
 * @param source what the events call this registry: a URI reference
 * @param timeout how long an endpoint may take to answer
 * @param longestRetryDelay how long is waited at most before an endpoint that failed is tried again
 * @param maxAge how long an event is kept for an endpoint that fails
 * @param maxPending how many events are kept for an endpoint; the oldest make room
 */
public record WebhookSettings(
        String source,
        Duration timeout,
        Duration longestRetryDelay,
        Duration maxAge,
        int maxPending,
        List<WebhookEndpoint> endpoints) {
    public static final WebhookSettings DEFAULTS = new WebhookSettings(
            "/dvcr", Duration.ofSeconds(10), Duration.ofMinutes(5), Duration.ofDays(3), 10_000, List.of());

    public WebhookSettings {
        endpoints = List.copyOf(endpoints);
        Set<String> names = new HashSet<>();
        for (WebhookEndpoint endpoint : endpoints) {
            if (!names.add(endpoint.name())) {
                throw new IllegalArgumentException("two webhooks are called " + endpoint.name());
            }
        }
    }
}
