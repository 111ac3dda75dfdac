package io.dvcr.importers.registry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sends requests to one registry, and again with what it takes when the registry challenges. Tokens are kept for as
 * long as they last. Thread-safe.
 */
final class RegistryAuthorization {
    private static final Duration MARGIN = Duration.ofSeconds(10);

    private final URI registry;
    private final RegistryCredentials credentials;
    private final RegistryHttp http;
    private final TokenService tokens;

    /** The value of {@code Authorization} that worked last for a scope, and until when it may. */
    private final Cache<String, Known> known =
            Caffeine.newBuilder().maximumSize(1000).build();

    private record Known(String authorization, long untilNanos) {}

    RegistryAuthorization(
            URI registry, RegistryCredentials credentials, RegistryHttp http, TokenService.Realms realms) {
        this.registry = registry;
        this.credentials = credentials;
        this.http = http;
        this.tokens = new TokenService(http, realms);
    }

    /** {@code GET}; as {@link #send}. */
    RegistryResponse get(String path, String scope, Map<String, String> headers) throws IOException {
        return send(RegistryRequest.get(headers), path, scope);
    }

    /**
     * The answer; the caller closes its body.
     *
     * @param target a path, or a URL that the registry has given; another host's gets no credentials
     * @param scope what it takes, if the registry does not say
     */
    RegistryResponse send(RegistryRequest request, String target, String scope) throws IOException {
        URI url = registry.resolve(target);
        if (!RegistryHttp.origin(url).equals(RegistryHttp.origin(registry))) {
            RegistryHttp.requireNoDowngrade(registry, url);
            return http.send(request, url, Optional.empty());
        }
        Optional<Credential> credential = credentials.find(registry.getAuthority());
        if (credential.isPresent() && credential.get() instanceof Credential.BearerToken(String token)) {
            return http.send(request, url, Optional.of("Bearer " + token));
        }
        RegistryResponse response = http.send(request, url, remembered(scope));
        if (response.statusCode() != 401) {
            return response;
        }
        Optional<String> answer = answer(response, scope, credential);
        if (answer.isEmpty()) {
            return response;
        }
        response.body().close();
        return http.send(request, url, answer);
    }

    private Optional<String> remembered(String scope) {
        Known last = known.getIfPresent(scope);
        return last != null && last.untilNanos() - System.nanoTime() > 0
                ? Optional.of(last.authorization())
                : Optional.empty();
    }

    /** What the challenge asks for, if it can be had. */
    private Optional<String> answer(RegistryResponse response, String scope, Optional<Credential> credential)
            throws IOException {
        List<AuthenticateHeader> challenges =
                AuthenticateHeader.parse(response.headers().allValues("WWW-Authenticate"));
        Optional<AuthenticateHeader> bearer = AuthenticateHeader.find(challenges, "bearer");
        if (bearer.isPresent()) {
            String wanted = bearer.get().parameter("scope").orElse(scope);
            TokenService.Token token = tokens.get(registry, bearer.get(), wanted, credential);
            return Optional.of(
                    remember(scope, "Bearer " + token.value(), token.lifetime().minus(MARGIN)));
        }
        boolean basic = AuthenticateHeader.find(challenges, "basic").isPresent();
        return basic && credential.isPresent() && credential.get() instanceof Credential.Password password
                ? Optional.of(remember(scope, password.basic(), Duration.ofDays(1)))
                : Optional.empty();
    }

    private String remember(String scope, String authorization, Duration lifetime) {
        known.put(scope, new Known(authorization, System.nanoTime() + lifetime.toNanos()));
        return authorization;
    }
}
