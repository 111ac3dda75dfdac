package io.dvcr.registry.auth;

import java.util.Optional;

/**
 * Whom a client's certificate stands for.
 *
 * @param value what {@code field} must be; {@code *} is any
 * @param user the name of the user; if empty, the field's value
 */
public record CertificateRule(Field field, String value, Optional<String> user) {
    static final String ANY = "*";

    /** The part of a certificate that says whose it is. */
    public enum Field {
        /** CN of the subject. */
        COMMON_NAME,
        /** A dNSName of the subject's alternative names (RFC 5280, section 4.2.1.6). */
        DNS,
        /** An rfc822Name. */
        EMAIL,
        /** A uniformResourceIdentifier, such as a SPIFFE ID. */
        URI
    }

    public CertificateRule {
        if (value.isBlank()) {
            throw new IllegalArgumentException("value must not be empty; * is any");
        }
    }

    /** The user that a certificate stands for whose field is {@code actual}; empty if it does not fit. */
    Optional<String> nameOf(String actual) {
        boolean fits = value.equals(ANY) || value.equals(actual);
        return fits ? Optional.of(user.orElse(actual)) : Optional.empty();
    }
}
