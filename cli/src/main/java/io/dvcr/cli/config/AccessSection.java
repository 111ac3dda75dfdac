package io.dvcr.cli.config;

import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Grant;
import io.dvcr.registry.access.Rule;
import io.dvcr.registry.access.Subject;
import io.dvcr.registry.auth.AccessSettings;
import io.dvcr.registry.auth.CertificateRule;
import io.dvcr.registry.auth.IssuerSettings;
import io.dvcr.registry.auth.LoginLimits;
import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code access}: who may do what, and how they prove who they are. */
final class AccessSection {
    private static final URI NOWHERE = URI.create("http://localhost");
    private static final ValueType<Subject> SUBJECT =
            new ValueType<>("subject", Subject::parse, Subject::toString, false);
    private static final ValueType<Map.Entry<String, String>> CLAIM = new ValueType<>(
            "NAME=VALUE", AccessSection::claim, claim -> claim.getKey() + "=" + claim.getValue(), false);

    /** What a rule can allow. */
    private enum Allowed {
        PULL,
        PUSH,
        DELETE,
        IMPORT,
        ADMIN;

        Optional<Action> action() {
            return Action.named(name().toLowerCase(Locale.ROOT));
        }
    }

    private AccessSection() {}

    static AccessSettings read(Section section, AccessSettings defaults) {
        return new AccessSettings(
                section.sections("rules", AccessSection::rule),
                section.optionalPath("htpasswd"),
                section.optionalSection("issuer", AccessSection::issuer),
                section.sections("certificates", AccessSection::certificate),
                section.optional("publicUrl", ValueType.URL),
                section.duration("tokenLifetime", defaults.tokenLifetime(), Duration.ofMinutes(1)),
                section.section("logins", defaults.logins(), AccessSection::logins));
    }

    private static Rule rule(Section section) {
        List<Subject> subjects = section.values("subjects", SUBJECT, List.of());
        List<RepositoryPattern> repositories =
                section.values("repositories", ValueType.REPOSITORIES, List.of(RepositoryPattern.ALL));
        List<Allowed> allowed =
                section.values("actions", ValueType.choice(List.copyOf(EnumSet.allOf(Allowed.class))), List.of());
        Set<Action> actions =
                allowed.stream().flatMap(it -> it.action().stream()).collect(Collectors.toSet());
        return new Rule(Set.copyOf(subjects), new Grant(repositories, actions), allowed.contains(Allowed.ADMIN));
    }

    private static IssuerSettings issuer(Section section) {
        String name = section.required("name", ValueType.TEXT, "");
        String audience = section.required("audience", ValueType.TEXT, "");
        URI realm = section.required("realm", ValueType.URL, NOWHERE);
        Optional<URI> keysUrl = section.optional("keysUrl", ValueType.URL);
        Optional<Path> keysFile = section.optionalPath("keysFile");
        List<String> algorithms = section.texts("algorithms", IssuerSettings.DEFAULT_ALGORITHMS);
        Map<String, String> claims = new LinkedHashMap<>();
        section.values("requiredClaims", CLAIM, List.of())
                .forEach(claim -> claims.put(claim.getKey(), claim.getValue()));
        String nameClaim = section.text("nameClaim", "sub");
        String groupsClaim = section.text("groupsClaim", "groups");
        return new IssuerSettings(
                name, audience, realm, keys(keysUrl, keysFile), Set.copyOf(algorithms), claims, nameClaim, groupsClaim);
    }

    private static IssuerSettings.Keys keys(Optional<URI> url, Optional<Path> file) {
        if (url.isPresent() == file.isPresent()) {
            throw new IllegalArgumentException("must have either keysUrl or keysFile");
        }
        return url.<IssuerSettings.Keys>map(IssuerSettings.Keys.At::new)
                .or(() -> file.map(IssuerSettings.Keys.In::new))
                .orElseThrow();
    }

    private static CertificateRule certificate(Section section) {
        return new CertificateRule(
                section.choice("field", CertificateRule.Field.COMMON_NAME),
                section.required("value", ValueType.TEXT, "*"),
                section.optional("user", ValueType.TEXT));
    }

    private static LoginLimits logins(Section section, LoginLimits defaults) {
        return new LoginLimits(
                section.number("failures", defaults.failures(), 1, 10_000),
                section.duration("window", defaults.window(), Duration.ofSeconds(1)));
    }

    private static Map.Entry<String, String> claim(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException("must be NAME=VALUE, not " + text);
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }
}
