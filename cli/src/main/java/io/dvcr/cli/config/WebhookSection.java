package io.dvcr.cli.config;

import io.dvcr.registry.event.EventType;
import io.dvcr.registry.event.WebhookEndpoint;
import io.dvcr.registry.event.WebhookSettings;
import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads who is told of events. */
final class WebhookSection {
    /** Secret, because many a webhook's URL is all the credential there is. */
    private static final ValueType<URI> URL = new ValueType<>("URL", URI::create, URI::toString, true);

    private static final ValueType<EventType> EVENT_TYPE =
            new ValueType<>("event type", EventType::labelled, EventType::label, false);
    private static final ValueType<RepositoryPattern> PATTERN =
            new ValueType<>("repository pattern", RepositoryPattern::of, RepositoryPattern::toString, false);

    /** Secret, because it is the place for credentials. */
    private static final ValueType<String> HEADER =
            new ValueType<>("\"Name: value\"", WebhookSection::header, header -> header, true);

    private static final URI NOWHERE = URI.create("http://localhost/");

    private WebhookSection() {}

    static WebhookSettings read(Section section, WebhookSettings defaults) {
        Duration second = Duration.ofSeconds(1);
        return new WebhookSettings(
                section.text("source", defaults.source()),
                section.duration("timeout", defaults.timeout(), second),
                section.duration("longestRetryDelay", defaults.longestRetryDelay(), second),
                section.duration("maxAge", defaults.maxAge(), Duration.ofMinutes(1)),
                section.number("maxPending", defaults.maxPending(), 1, 1_000_000),
                section.sections("endpoints", WebhookSection::endpoint));
    }

    private static WebhookEndpoint endpoint(Section section) {
        return new WebhookEndpoint(
                section.required("name", ValueType.TEXT, "unnamed"),
                section.required("url", URL, NOWHERE),
                headers(section.values("headers", HEADER, List.of())),
                section.optional("secret", ValueType.SECRET),
                new HashSet<>(section.values("types", EVENT_TYPE, List.of())),
                section.values("repositories", PATTERN, List.of()));
    }

    private static String header(String text) {
        if (text.indexOf(':') < 1) {
            throw new IllegalArgumentException("must be \"Name: value\"");
        }
        return text;
    }

    private static Map<String, String> headers(List<String> texts) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String text : texts) {
            int colon = text.indexOf(':');
            headers.put(
                    text.substring(0, colon).strip(), text.substring(colon + 1).strip());
        }
        return headers;
    }
}
