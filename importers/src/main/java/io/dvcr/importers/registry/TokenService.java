package io.dvcr.importers.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Gets tokens from where a registry's challenge says: the distribution project's "Token Authentication" and, with a
 * refresh token, its "OAuth2 Token Authentication". Thread-safe.
 */
final class TokenService {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BYTES = 1 << 20;
    private static final String CLIENT = "dvcr";

    /** As the specification has it where the answer does not say. */
    private static final int DEFAULT_LIFETIME_SECONDS = 60;

    private final RegistryHttp http;
    private final Realms realms;

    TokenService(RegistryHttp http, Realms realms) {
        this.http = http;
        this.realms = realms;
    }

    /** Where credentials may be shown for a token. */
    @FunctionalInterface
    interface Realms {
        /** Wherever the registry says, as docker has it: whoever is to see them there could see them anyway. */
        Realms ALL = _ -> true;

        boolean mayKnow(URI realm);
    }

    /** A token, and for how long it can be used. */
    record Token(String value, Duration lifetime) {}

    /**
     * @param registry whose challenge it is
     * @param scope to ask for
     */
    Token get(URI registry, AuthenticateHeader challenge, String scope, Optional<Credential> credential)
            throws IOException {
        URI realm = realm(registry, challenge);
        if (credential.isPresent() && !realms.mayKnow(realm)) {
            throw new IOException(registry + " wants the credentials shown to " + RegistryHttp.origin(realm)
                    + ", for which they are not");
        }
        Map<String, String> query = new LinkedHashMap<>();
        challenge.parameter("service").ifPresent(service -> query.put("service", service));
        if (!scope.isEmpty()) {
            query.put("scope", scope);
        }
        RegistryResponse response =
                credential.isPresent() && credential.get() instanceof Credential.RefreshToken(String token)
                        ? refresh(realm, query, token)
                        : ask(realm, query, credential);
        return read(realm, response);
    }

    private static URI realm(URI registry, AuthenticateHeader challenge) throws IOException {
        try {
            URI realm = registry.resolve(challenge.parameter("realm").orElse(""));
            RegistryHttp.requireNoDowngrade(registry, realm);
            return realm;
        } catch (IllegalArgumentException e) {
            throw new IOException(registry + " names no URL to get tokens from", e);
        }
    }

    private RegistryResponse ask(URI realm, Map<String, String> query, Optional<Credential> credential)
            throws IOException {
        Optional<String> basic = Optional.empty();
        if (credential.isPresent() && credential.get() instanceof Credential.Password password) {
            query.put("account", password.user());
            basic = Optional.of(password.basic());
        }
        String separator = realm.getRawQuery() == null ? "?" : "&";
        return http.send(RegistryRequest.get(Map.of()), URI.create(realm + separator + form(query)), basic);
    }

    private RegistryResponse refresh(URI realm, Map<String, String> query, String token) throws IOException {
        query.put("grant_type", "refresh_token");
        query.put("client_id", CLIENT);
        query.put("refresh_token", token);
        return http.send(
                RegistryRequest.post("application/x-www-form-urlencoded", form(query)), realm, Optional.empty());
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
    }

    private static Token read(URI realm, RegistryResponse response) throws IOException {
        try (InputStream body = response.body()) {
            if (response.statusCode() == 401 || response.statusCode() == 403) {
                throw refused(response, RegistryHttp.origin(realm) + " does not take the credentials");
            }
            byte[] content = body.readNBytes(MAX_BYTES);
            if (response.statusCode() != 200) {
                throw refused(
                        response,
                        RegistryHttp.origin(realm) + " answered " + response.statusCode()
                                + " instead of giving a token");
            }
            JsonNode json = JSON.readTree(content);
            String token = json.path("token").asText(json.path("access_token").asText());
            if (token.isEmpty()) {
                throw new IOException(RegistryHttp.origin(realm) + " answered without a token");
            }
            return new Token(token, Duration.ofSeconds(json.path("expires_in").asInt(DEFAULT_LIFETIME_SECONDS)));
        } catch (JsonProcessingException e) { // whose message may show a token
            throw new IOException(RegistryHttp.origin(realm) + " answered with what is not JSON");
        }
    }

    private static IOException refused(RegistryResponse response, String message) {
        return UpstreamException.answered(response.statusCode(), response.headers(), message);
    }
}
