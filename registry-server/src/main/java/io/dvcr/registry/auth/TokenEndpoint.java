package io.dvcr.registry.auth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.JWKSet;
import io.dvcr.registry.http.JsonReply;
import io.dvcr.registry.http.Reply;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code /token}: gives tokens to clients for what they may do of what they ask, as the distribution project's
 * specifications "Token Authentication" ({@code GET}) and "OAuth2 Token Authentication" ({@code POST}) have it.
 */
final class TokenEndpoint {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration REFRESH_LIFETIME = Duration.ofDays(30);

    private final Authentication authentication;
    private final TokenIssuer tokens;
    private final Clock clock;

    TokenEndpoint(Authentication authentication, TokenIssuer tokens, Clock clock) {
        this.authentication = authentication;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** {@code GET ?service=&scope=&account=&offline_token=}, by whoever the credentials prove, or anonymously. */
    Reply get(Request request) {
        requireService(request.query("service"));
        boolean offline = request.query("offline_token").equals(Optional.of("true"));
        return reply(authentication.prove(request), request.queryAll("scope"), offline, Optional.empty());
    }

    /** {@code POST grant_type=password} or {@code refresh_token}. */
    Reply post(Request request) throws IOException {
        FormBody form = FormBody.of(request);
        requireService(form.first("service"));
        boolean offline = form.first("access_type").equals(Optional.of("offline"));
        return switch (form.required("grant_type")) {
            case "password" ->
                reply(
                        authentication.prove(request, form.required("username"), form.required("password")),
                        form.all("scope"),
                        offline,
                        Optional.empty());
            case "refresh_token" -> {
                String refresh = form.required("refresh_token");
                Proof proof = authentication.proveByRefreshToken(request, refresh);
                yield reply(proof, form.all("scope"), false, Optional.of(refresh));
            }
            default -> throw new RegistryException(new RequestInvalid("grant_type must be password or refresh_token"));
        };
    }

    /** {@code GET /.well-known/jwks.json}: what others verify our tokens with (RFC 7517). */
    Reply keys(Request request) throws IOException {
        JsonNode json = JSON.readTree(new JWKSet(tokens.publicKey()).toString());
        return JsonReply.of(200, json).with("Cache-Control", "public, max-age=300");
    }

    /** A token for another service is not ours to give. */
    private static void requireService(Optional<String> service) {
        if (service.isPresent() && !service.get().equals(TokenIssuer.SERVICE)) {
            throw new RegistryException(new RequestInvalid("service must be " + TokenIssuer.SERVICE));
        }
    }

    private Reply reply(Proof proof, List<String> wanted, boolean offline, Optional<String> refreshToken) {
        List<Scope> granted = Scope.parseAll(wanted).stream()
                .map(scope -> scope.within(proof::allows))
                .filter(scope -> !scope.actions().isEmpty())
                .toList();
        Duration lifetime = authentication.settings().tokenLifetime();
        String fingerprint = authentication.fingerprint(proof.identity());
        String token = tokens.issue(proof.identity(), fingerprint, granted, lifetime);
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("token", token);
        json.put("access_token", token);
        json.put("expires_in", lifetime.toSeconds());
        json.put("issued_at", clock.instant().toString());
        json.put("scope", String.join(" ", granted.stream().map(Scope::toString).toList()));
        refreshToken
                .or(() -> offline ? refreshToken(proof, fingerprint) : Optional.empty())
                .ifPresent(refresh -> json.put("refresh_token", refresh));
        return JsonReply.of(200, json).with("Cache-Control", "no-store");
    }

    /** Only for who has a password: it ends when that changes. A robot's token needs no other in its place. */
    private Optional<String> refreshToken(Proof proof, String fingerprint) {
        boolean hasPassword = proof.identity().kind() == Identity.Kind.USER
                && !fingerprint.isEmpty()
                && proof.ceiling().isEmpty();
        return hasPassword
                ? Optional.of(tokens.issueRefresh(proof.identity(), fingerprint, REFRESH_LIFETIME))
                : Optional.empty();
    }
}
