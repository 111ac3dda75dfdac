package io.dvcr.importers.source;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * What an operator has laid down for sources that do not serve everybody.
 *
 * @param scopes whom it may be shown to
 * @param repositories for imports to which it may be used
 * @param headers sent with each request
 * @param tls whom to trust and what certificate to show; empty for what holds for all sources
 */
public record SourceSecret(
        List<SecretScope> scopes,
        List<RepositoryPattern> repositories,
        Map<String, String> headers,
        Optional<SSLContext> tls) {
    public SourceSecret {
        scopes = List.copyOf(scopes);
        repositories = List.copyOf(repositories);
        headers = Map.copyOf(headers);
    }

    /** Whether the server of {@code url} may see it. */
    public boolean mayBeShownTo(URI url) {
        return scopes.contains(SecretScope.of(url));
    }

    boolean mayBeUsedFor(RepositoryName repository) {
        return repositories.stream().anyMatch(pattern -> pattern.matches(repository));
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "SourceSecret for " + scopes;
    }
}
