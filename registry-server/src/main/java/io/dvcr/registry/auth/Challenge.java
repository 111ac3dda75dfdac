package io.dvcr.registry.auth;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Permission;
import io.dvcr.registry.http.Request;
import io.dvcr.storage.RegistryError.Unauthorized;
import io.dvcr.storage.RegistryException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a request may be sent again with better credentials: the value of {@code WWW-Authenticate} (RFC 6750, section 3,
 * and the distribution project's token specification). Under {@code /v2} it names where to get a token; elsewhere, where
 * browsers come too, it asks for a password.
 *
 * @param fallback where this server is, for a request that does not say where it was sent to
 */
record Challenge(Request request, AccessSettings settings, URI fallback) {
    static final String TOKEN_PATH = "/token";

    /** A host and port (RFC 3986, section 3.2) of characters that need no quoting. */
    private static final Pattern AUTHORITY =
            Pattern.compile("[A-Za-z0-9._~-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+](:\\d{1,5})?");

    /** For whoever showed nothing. */
    String to(List<Permission> needed) {
        return challenge(scope(needed), Optional.empty());
    }

    /** For whoever showed a token that is good, but not for this. */
    String insufficientScope(List<Permission> needed) {
        return challenge(scope(needed), Optional.of("insufficient_scope"));
    }

    /** For whoever showed what proves nothing. The reason is the same for all, so that nothing can be learnt from it. */
    RegistryException invalidCredentials() {
        return new RegistryException(
                new Unauthorized("the credentials are not valid", challenge("", Optional.of("invalid_token"))));
    }

    private String challenge(String scope, Optional<String> error) {
        boolean tokens = request.path().equals("/v2") || request.path().startsWith("/v2/");
        if (!tokens) {
            return "Basic realm=\"dvcr\", charset=\"UTF-8\"";
        }
        StringBuilder header = new StringBuilder("Bearer realm=\"")
                .append(realm())
                .append("\",service=\"")
                .append(service())
                .append('"');
        if (!scope.isEmpty()) {
            header.append(",scope=\"").append(scope).append('"');
        }
        error.ifPresent(code -> header.append(",error=\"").append(code).append('"'));
        return header.toString();
    }

    private String service() {
        return settings.issuer().map(IssuerSettings::audience).orElse(TokenIssuer.SERVICE);
    }

    private String realm() {
        return settings.issuer().map(issuer -> issuer.realm().toString()).orElseGet(() -> url() + TOKEN_PATH);
    }

    /** Where the request was sent to: as is configured, or as it says. Who lies about that misleads only themselves. */
    static URI urlOf(Request request, AccessSettings settings, URI fallback) {
        return URI.create(new Challenge(request, settings, fallback).url());
    }

    private String url() {
        return settings.publicUrl().map(URI::toString).orElseGet(this::askedUrl);
    }

    private String askedUrl() {
        Optional<String> host = request.header("X-Forwarded-Host")
                .or(() -> request.header("Host"))
                .filter(authority -> AUTHORITY.matcher(authority).matches());
        String scheme = request.header("X-Forwarded-Proto")
                .filter(proto -> proto.equals("http") || proto.equals("https"))
                .orElse(fallback.getScheme());
        return host.map(authority -> scheme + "://" + authority).orElseGet(fallback::toString);
    }

    private static String scope(List<Permission> needed) {
        return String.join(
                " ",
                needed.stream()
                        .flatMap(permission -> scope(permission).stream())
                        .toList());
    }

    private static Optional<String> scope(Permission permission) {
        return switch (permission) {
            case Permission.OnRepository(var repository, Action action) ->
                Optional.of("repository:" + repository + ":" + actions(action));
            case Permission.Catalog _ -> Optional.of(Scope.CATALOG);
            case Permission.Administration _ -> Optional.of(Scope.ADMINISTRATION);
            case Permission.Identity _ -> Optional.empty();
        };
    }

    /** Whoever pushes also asks what is there. */
    private static String actions(Action action) {
        return action == Action.PUSH ? "pull,push" : action.toString();
    }
}
