package io.dvcr.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.registry.auth.CertificateRule.Field;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Tells whom a client's certificate stands for. That it is genuine, and the client's, the TLS handshake has shown.
 * Thread-safe.
 */
final class ClientCertificates {
    private final List<CertificateRule> rules;
    private final Cache<X509Certificate, Optional<Identity>> known =
            Caffeine.newBuilder().weakKeys().maximumSize(10_000).build(); // by connection

    ClientCertificates(List<CertificateRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /** Empty if no rule fits. */
    Optional<Identity> identify(X509Certificate certificate) {
        return known.get(certificate, this::judge);
    }

    private Optional<Identity> judge(X509Certificate certificate) {
        return rules.stream()
                .flatMap(rule -> values(certificate, rule.field()).flatMap(value -> rule.nameOf(value).stream()))
                .findFirst()
                .map(Identity::user);
    }

    private static Stream<String> values(X509Certificate certificate, Field field) {
        return switch (field) {
            case COMMON_NAME -> commonNames(certificate);
            case EMAIL -> alternativeNames(certificate, 1);
            case DNS -> alternativeNames(certificate, 2);
            case URI -> alternativeNames(certificate, 6);
        };
    }

    private static Stream<String> commonNames(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .filter(String.class::isInstance)
                            .map(String.class::cast);
        } catch (InvalidNameException e) {
            return Stream.empty();
        }
    }

    /** @param kind the tag of GeneralName (RFC 5280, section 4.2.1.6) */
    private static Stream<String> alternativeNames(X509Certificate certificate, int kind) {
        try {
            return Stream.ofNullable(certificate.getSubjectAlternativeNames())
                    .flatMap(names -> names.stream())
                    .filter(name -> Objects.equals(name.getFirst(), kind))
                    .map(name -> name.get(1))
                    .filter(String.class::isInstance)
                    .map(String.class::cast);
        } catch (CertificateParsingException e) {
            return Stream.empty();
        }
    }
}
