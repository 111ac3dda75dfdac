package io.dvcr.registry.event;

import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Somebody who wants to be told of events.
 *
 * @param name of the endpoint in metrics, logs and the store: whoever keeps it gets what was stored for it
 * @param url where events are posted to; the operator's own choice, so any address will do
 * @param headers sent with each event, such as {@code Authorization}
 * @param secret that events are signed with; empty to sign none
 * @param types of the events that are wanted; empty for all
 * @param repositories whose events are wanted; empty for all
 */
public record WebhookEndpoint(
        String name,
        URI url,
        Map<String, String> headers,
        Optional<String> secret,
        Set<EventType> types,
        List<RepositoryPattern> repositories) {
    private static final Set<String> SCHEMES = Set.of("http", "https");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    public WebhookEndpoint {
        headers = Map.copyOf(headers);
        types = Set.copyOf(types);
        repositories = List.copyOf(repositories);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a webhook's name has up to 63 lower-case letters, digits and dashes, not \"" + name + "\"");
        }
        if (!SCHEMES.contains(String.valueOf(url.getScheme())) || url.getHost() == null || url.getUserInfo() != null) {
            throw new IllegalArgumentException(
                    "a webhook's url begins with http:// or https:// and a host; credentials go into its headers");
        }
        requireSendable(headers);
        secret.ifPresent(Signature::new); // which refuses what cannot be a key
    }

    /** The HTTP client is asked, since it is the one to send them. */
    private static void requireSendable(Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        headers.forEach(request::header);
    }

    boolean wants(RegistryEvent event) {
        return (types.isEmpty() || types.contains(EventType.of(event)))
                && (repositories.isEmpty()
                        || repositories.stream().anyMatch(pattern -> pattern.matches(event.repository())));
    }

    /** Without what may be secret. */
    @Override
    public String toString() {
        return name;
    }
}
