package io.dvcr.registry.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.ConfigurableJWTProcessor;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.dvcr.registry.access.Grants;
import io.dvcr.registry.access.Rights;
import io.dvcr.registry.access.Rules;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the tokens of somebody else's token service by its public keys. What a token's {@code access} claim says is
 * allowed, whatever the rules say: the issuer has decided. A token without one proves a name and groups, for which the
 * rules hold. Thread-safe.
 */
final class ForeignTokens {
    private static final Logger LOG = LoggerFactory.getLogger(ForeignTokens.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration KEYS_LIFETIME = Duration.ofMinutes(5);
    private static final Duration KEYS_REFRESH_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration OUTAGE = Duration.ofHours(4);
    private static final Duration BETWEEN_ASKING = Duration.ofSeconds(10);
    private static final int MAX_KEYS_BYTES = 512 * 1024;

    private final IssuerSettings settings;
    private final Rules rules;
    private final ConfigurableJWTProcessor<SecurityContext> processor;

    /** @throws IOException if the file of keys cannot be used; keys at a URL are first asked for with the first token */
    ForeignTokens(IssuerSettings settings, Rules rules, Clock clock) throws IOException {
        this.settings = settings;
        this.rules = rules;
        Set<JWSAlgorithm> algorithms =
                settings.algorithms().stream().map(JWSAlgorithm::new).collect(Collectors.toSet());
        this.processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(algorithms, keys(settings.keys())));
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(
                JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("JWT"), null));
        processor.setJWTClaimsSetVerifier(claims(settings, clock));
    }

    private static JWKSource<SecurityContext> keys(IssuerSettings.Keys keys) throws IOException {
        return switch (keys) {
            case IssuerSettings.Keys.At(URI url) -> remote(url);
            case IssuerSettings.Keys.In(Path file) -> {
                WatchedFile<JWKSet> watched = new WatchedFile<>(file, ForeignTokens::parse, System::nanoTime);
                yield (selector, _) -> selector.select(watched.get());
            }
        };
    }

    /** A key that is not known makes it ask again, so a rotation is seen at once; but not oftener than strangers may. */
    private static JWKSource<SecurityContext> remote(URI url) throws IOException {
        try {
            DefaultResourceRetriever retriever =
                    new DefaultResourceRetriever((int) TIMEOUT.toMillis(), (int) TIMEOUT.toMillis(), MAX_KEYS_BYTES);
            return JWKSourceBuilder.create(url.toURL(), retriever)
                    .retrying(true)
                    .rateLimited(BETWEEN_ASKING.toMillis())
                    .cache(KEYS_LIFETIME.toMillis(), KEYS_REFRESH_TIMEOUT.toMillis())
                    .refreshAheadCache(false)
                    .outageTolerant(OUTAGE.toMillis())
                    .build();
        } catch (MalformedURLException e) {
            throw new IOException("cannot ask for keys at " + url, e);
        }
    }

    private static JWKSet parse(String text) {
        try {
            return JWKSet.parse(text);
        } catch (ParseException e) {
            throw new IllegalArgumentException("is not a JWK set: " + e.getMessage(), e);
        }
    }

    private static DefaultJWTClaimsVerifier<SecurityContext> claims(IssuerSettings settings, Clock clock) {
        JWTClaimsSet.Builder exact = new JWTClaimsSet.Builder().issuer(settings.issuer());
        settings.requiredClaims().forEach(exact::claim);
        Set<String> present = Set.of("exp", settings.nameClaim());
        return new DefaultJWTClaimsVerifier<>(
                Set.of(settings.audience()), exact.build(), new HashSet<>(present), Set.of()) {
            @Override
            protected Date currentTime() {
                return Date.from(clock.instant());
            }
        };
    }

    boolean isIssuer(String name) {
        return settings.issuer().equals(name);
    }

    /** What {@code token} proves; empty if it is not valid now. */
    Optional<Timed> verify(SignedJWT token) {
        try {
            JWTClaimsSet claims = processor.process(token, null);
            return Optional.of(
                    new Timed(proof(claims), claims.getExpirationTime().toInstant()));
        } catch (BadJOSEException e) {
            LOG.atDebug().addKeyValue("reason", e.getMessage()).log("a foreign token was refused");
            return Optional.empty();
        } catch (RateLimitReachedException e) { // signed with a key that is not known; strangers can make many such
            return Optional.empty();
        } catch (JOSEException e) { // the keys cannot be had, or not be used
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("a foreign token could not be judged");
            return Optional.empty();
        }
    }

    private Proof proof(JWTClaimsSet claims) {
        String name = String.valueOf(claims.getClaim(settings.nameClaim()));
        Set<String> groups = AccessClaim.texts(claims.getClaim(settings.groupsClaim()));
        Identity identity = new Identity(Identity.Kind.USER, name, groups);
        Optional<List<Scope>> access = AccessClaim.of(claims);
        if (access.isPresent()) {
            Grants grants = Scope.grants(access.get());
            return new Proof(identity, grants, Optional.of(grants));
        }
        Rights rights = rules.rightsOf(identity.subjects());
        return new Proof(identity, rights, Optional.empty());
    }

    /** A proof that holds for a while. */
    record Timed(Proof proof, Instant expires) {}
}
