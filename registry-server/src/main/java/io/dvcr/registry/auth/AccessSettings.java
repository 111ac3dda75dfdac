package io.dvcr.registry.auth;

import io.dvcr.registry.access.Rule;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who may do what, and how they prove who they are.
 *
 * @param rules what is allowed; all else is denied
 * @param htpasswd the file of users and bcrypt hashes; it is read again when it changes
 * @param issuer whose tokens are taken besides our own
 * @param certificates whom the certificates of clients stand for; the first that fits counts
 * @param publicUrl where clients reach this registry; if empty, where each request says that it was sent to
 * @param tokenLifetime of the tokens that clients get for a while
 */
public record AccessSettings(
        List<Rule> rules,
        Optional<Path> htpasswd,
        Optional<IssuerSettings> issuer,
        List<CertificateRule> certificates,
        Optional<URI> publicUrl,
        Duration tokenLifetime,
        LoginLimits logins) {

    /** Nobody is asked who they are, and everyone may do everything. */
    public static final AccessSettings DEFAULTS = new AccessSettings(
            List.of(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Duration.ofMinutes(5),
            LoginLimits.DEFAULTS);

    public AccessSettings {
        rules = List.copyOf(rules);
        certificates = List.copyOf(certificates);
        if (publicUrl.isPresent() && !publicUrl.get().toString().matches("https?://[^/\"\\\\]+")) {
            throw new IllegalArgumentException("publicUrl must be http(s)://HOST[:PORT], not " + publicUrl.get());
        }
        boolean users = htpasswd.isPresent() || !certificates.isEmpty();
        if (users && rules.isEmpty() && issuer.isEmpty()) {
            throw new IllegalArgumentException("has no rules, so that nobody may do anything");
        }
    }

    /** Whether anybody is kept from anything. */
    public boolean guarded() {
        return htpasswd.isPresent() || issuer.isPresent() || !certificates.isEmpty() || !rules.isEmpty();
    }
}
