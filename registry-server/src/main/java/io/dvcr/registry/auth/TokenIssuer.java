package io.dvcr.registry.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes and reads the tokens of this registry: JSON web tokens (RFC 7519) signed with ES256, whose {@code access} claim
 * is that of the distribution project. Thread-safe.
 */
final class TokenIssuer {
    /** Who issues the tokens, in them. */
    static final String NAME = "dvcr";

    /** Whom they are for. */
    static final String SERVICE = "dvcr";

    private static final String REFRESH_AUDIENCE = "dvcr-refresh";
    private static final String FINGERPRINT = "fp";
    private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

    private final ECKey key;
    private final JWSSigner signer;
    private final JWSVerifier verifier;
    private final Clock clock;

    TokenIssuer(ECKey key, Clock clock) {
        this.key = key;
        this.clock = clock;
        try {
            this.signer = new ECDSASigner(key);
            this.verifier = new ECDSAVerifier(key.toPublicJWK());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("not a key for ES256", e);
        }
    }

    /** The half of the key that everybody may know. */
    ECKey publicKey() {
        return key.toPublicJWK();
    }

    /** A token for {@code scopes}, and nothing else. */
    String issue(Identity identity, String fingerprint, List<Scope> scopes, Duration lifetime) {
        return sign(claims(identity, fingerprint, SERVICE, lifetime)
                .claim("access", scopes.stream().map(TokenIssuer::toClaim).toList()));
    }

    /** A token for all that its owner may do. */
    String issue(Identity identity, Duration lifetime) {
        return sign(claims(identity, "", SERVICE, lifetime));
    }

    /** A token that is good for nothing but to get others with. */
    String issueRefresh(Identity identity, String fingerprint, Duration lifetime) {
        return sign(claims(identity, fingerprint, REFRESH_AUDIENCE, lifetime));
    }

    /** What a token says that gives access; empty if it is not one of ours, or not valid now. */
    Optional<IssuedToken> read(SignedJWT token) {
        return read(token, SERVICE);
    }

    Optional<IssuedToken> readRefresh(SignedJWT token) {
        return read(token, REFRESH_AUDIENCE);
    }

    private JWTClaimsSet.Builder claims(Identity identity, String fingerprint, String audience, Duration lifetime) {
        Instant now = clock.instant();
        return new JWTClaimsSet.Builder()
                .issuer(NAME)
                .subject(identity.toString())
                .audience(audience)
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(UUID.randomUUID().toString())
                .claim(FINGERPRINT, fingerprint);
    }

    private String sign(JWTClaimsSet.Builder claims) {
        JWSHeader header =
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
        SignedJWT token = new SignedJWT(header, claims.build());
        try {
            token.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign", e);
        }
        return token.serialize();
    }

    private static Map<String, Object> toClaim(Scope scope) {
        return Map.of(
                "type", scope.type(),
                "name", scope.name(),
                "actions", scope.actions().stream().sorted().toList());
    }

    private Optional<IssuedToken> read(SignedJWT token, String audience) {
        try {
            if (!JWSAlgorithm.ES256.equals(token.getHeader().getAlgorithm()) || !token.verify(verifier)) {
                return Optional.empty();
            }
            JWTClaimsSet claims = token.getJWTClaimsSet();
            boolean ours =
                    NAME.equals(claims.getIssuer()) && claims.getAudience().equals(List.of(audience));
            return ours && isNow(claims) ? issued(claims) : Optional.empty();
        } catch (JOSEException | ParseException e) {
            return Optional.empty();
        }
    }

    private boolean isNow(JWTClaimsSet claims) {
        Instant now = clock.instant();
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        return expires != null
                && notBefore != null
                && now.isBefore(expires.toInstant())
                && !now.isBefore(notBefore.toInstant().minus(CLOCK_SKEW));
    }

    private static Optional<IssuedToken> issued(JWTClaimsSet claims) throws ParseException {
        String fingerprint = String.valueOf(claims.getStringClaim(FINGERPRINT));
        Instant expires = claims.getExpirationTime().toInstant();
        return Identity.parse(String.valueOf(claims.getSubject()))
                .map(identity -> new IssuedToken(
                        identity, fingerprint, AccessClaim.of(claims).map(Scope::grants), expires));
    }
}
