package io.dvcr.importers.mirror;

import io.dvcr.importers.registry.UpstreamException;
import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryError.TooManyRequests;
import io.dvcr.storage.RegistryError.Unauthorized;
import io.dvcr.storage.RegistryError.Unavailable;
import java.time.Duration;

/** What a client is told when a mirrored registry does not give what it asked for: the same as if it had asked itself. */
final class Refusals {
    private static final Duration AGAIN = Duration.ofSeconds(10);
    private static final Duration AFTER_TOO_MANY = Duration.ofSeconds(60);

    private Refusals() {}

    /** @param notFound what it is that the registry does not have */
    static RegistryError of(UpstreamException cause, String registry, RegistryError notFound) {
        String message = String.valueOf(cause.getMessage());
        return switch (cause.status().orElse(0)) {
            // a challenge that no client knows: what they have for us is of no use there
            case 401 -> new Unauthorized(message, "Mirror realm=\"" + registry + "\"");
            case 403 -> new Denied(message);
            case 404 -> notFound;
            case 429 -> new TooManyRequests(message, cause.retryAfter().orElse(AFTER_TOO_MANY));
            default ->
                new Unavailable(
                        registry + " cannot be asked: " + message,
                        cause.retryAfter().orElse(AGAIN));
        };
    }
}
