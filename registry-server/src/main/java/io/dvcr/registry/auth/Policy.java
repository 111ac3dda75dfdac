package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.nimbusds.jwt.SignedJWT;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Grant;
import io.dvcr.registry.access.Grants;
import io.dvcr.registry.access.Rights;
import io.dvcr.registry.access.Rules;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryPattern;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How credentials are judged by one set of settings; other settings make another policy. Thread-safe.
 *
 * <p>The signature of a token is checked once; what can change while it lasts, its expiry and the credentials that it
 * was made for, is looked at with each request.
 */
final class Policy {
    private static final long MAX_CACHED_CHARACTERS = 16 << 20;
    private static final Duration UNUSED = Duration.ofMinutes(10);
    /** It reads all images, and makes and removes those of the resources that it looks after. */
    private static final Grants CONTROLLER = new Grants(
            List.of(
                    new Grant(List.of(RepositoryPattern.ALL), Set.of(Action.PULL)),
                    new Grant(
                            Stream.of("cvmi/**", "vmi/**", "vmd/**")
                                    .map(RepositoryPattern::parse)
                                    .toList(),
                            Set.of(Action.values()))),
            true,
            false);

    private final AccessSettings settings;
    private final Rules rules;
    private final Shared shared;
    private final Optional<WatchedFile<Htpasswd>> htpasswd;
    private final Optional<ForeignTokens> foreign;
    private final ClientCertificates certificates;
    private final Passwords passwords;
    private final LoginAttempts attempts;
    private final Proof anonymous;
    private final Cache<String, Verified> verified = Caffeine.newBuilder()
            .maximumWeight(MAX_CACHED_CHARACTERS)
            .weigher((String token, Verified _) -> token.length())
            .expireAfterAccess(UNUSED)
            .build();

    /** What all policies of a server share. */
    record Shared(Robots robots, TokenIssuer tokens, PasswordHash hash, Clock clock) {}

    /**
     * A token whose signature is good.
     *
     * @param fingerprint of the credentials it was made for, if they are ours to know
     */
    private record Verified(Proof proof, String fingerprint, Instant expires) {}

    /** @throws IOException if a file that {@code settings} name cannot be used */
    Policy(AccessSettings settings, Shared shared) throws IOException {
        this.settings = settings;
        this.rules = new Rules(settings.rules());
        this.shared = shared;
        this.htpasswd = settings.htpasswd().isPresent()
                ? Optional.of(new WatchedFile<>(settings.htpasswd().get(), Htpasswd::parse, System::nanoTime))
                : Optional.empty();
        this.foreign = settings.issuer().isPresent()
                ? Optional.of(new ForeignTokens(settings.issuer().get(), rules, shared.clock()))
                : Optional.empty();
        this.certificates = new ClientCertificates(settings.certificates());
        this.attempts = new LoginAttempts(settings.logins(), System::nanoTime);
        this.passwords = new Passwords(shared.hash(), attempts);
        this.anonymous = byRules(Identity.ANONYMOUS);
    }

    AccessSettings settings() {
        return settings;
    }

    /** Whoever shows nothing. */
    Proof anonymous() {
        return anonymous;
    }

    /** Whoever owns {@code certificate}; empty if it stands for nobody. */
    Optional<Proof> certificate(X509Certificate certificate) {
        return certificates.identify(certificate).map(this::byRules);
    }

    /** Whoever has that password, or is a robot and has its token; empty if there is nobody. */
    Optional<Proof> password(InetAddress from, String name, String password) {
        Optional<RobotToken> token = RobotToken.parse(password);
        if (token.isPresent()) {
            attempts.requireAllowed(from, name);
            Optional<Proof> robot = token.filter(it -> it.name().equals(name)).flatMap(this::robot);
            if (robot.isEmpty()) {
                attempts.failed(from, name);
            }
            return robot;
        }
        boolean right = passwords.verify(users(), from, name, password);
        return right ? Optional.of(byRules(Identity.user(name))) : Optional.empty();
    }

    /** What a token proves; empty if it is not valid now. */
    Optional<Proof> token(String text) {
        Optional<RobotToken> robot = RobotToken.parse(text);
        if (robot.isPresent()) {
            return robot.flatMap(this::robot);
        }
        Verified known = verified.getIfPresent(text);
        if (known == null) {
            Optional<Verified> judged = parse(text).flatMap(this::judge);
            judged.ifPresent(it -> verified.put(text, it));
            return judged.filter(this::isStillGood).map(Verified::proof);
        }
        return isStillGood(known) ? Optional.of(known.proof()) : Optional.empty();
    }

    /** Whom a token belongs to that is good for nothing but to get others with; empty if it is not valid now. */
    Optional<Proof> refreshToken(String text) {
        return parse(text)
                .flatMap(token -> shared.tokens().readRefresh(token))
                .filter(token -> fingerprintIsGood(token.identity(), token.fingerprint()))
                .flatMap(token -> rightsOf(token.identity()).map(rights -> whole(token.identity(), rights)));
    }

    /** Changes when the credentials of {@code identity} do; empty if they are not kept here. */
    String fingerprint(Identity identity) {
        return switch (identity.kind()) {
            case USER ->
                users().hashOf(identity.name())
                        .map(hash -> fingerprint(identity.name(), hash))
                        .orElse("");
            case ROBOT ->
                findRobot(identity.name())
                        .map(robot -> fingerprint(robot.name(), robot.tokenHash()))
                        .orElse("");
            case ANONYMOUS, CONTROLLER -> "";
        };
    }

    private static String fingerprint(String name, String secretHash) {
        return Digest.sha256((name + "\0" + secretHash).getBytes(UTF_8)).hex().substring(0, 32);
    }

    private static Optional<SignedJWT> parse(String text) {
        try {
            return Optional.of(SignedJWT.parse(text));
        } catch (ParseException e) {
            return Optional.empty();
        }
    }

    private Optional<Verified> judge(SignedJWT token) {
        if (foreign.isPresent() && foreign.get().isIssuer(issuer(token))) {
            return foreign.get().verify(token).map(it -> new Verified(it.proof(), "", it.expires()));
        }
        return shared.tokens()
                .read(token)
                .flatMap(ours -> rightsOf(ours.identity())
                        .map(rights -> new Verified(
                                new Proof(ours.identity(), rights, ours.access()),
                                ours.fingerprint(),
                                ours.expires())));
    }

    private static String issuer(SignedJWT token) {
        try {
            return String.valueOf(token.getJWTClaimsSet().getIssuer());
        } catch (ParseException e) {
            return "";
        }
    }

    private boolean isStillGood(Verified token) {
        return shared.clock().instant().isBefore(token.expires())
                && fingerprintIsGood(token.proof().identity(), token.fingerprint());
    }

    /** A token without one was made for what is not kept here: a certificate, or nobody. */
    private boolean fingerprintIsGood(Identity identity, String fingerprint) {
        boolean alive = identity.kind() != Identity.Kind.ROBOT
                || validRobot(identity.name()).isPresent();
        return alive && (fingerprint.isEmpty() || fingerprint.equals(fingerprint(identity)));
    }

    private Optional<Rights> rightsOf(Identity identity) {
        return switch (identity.kind()) {
            case ROBOT -> validRobot(identity.name()).map(this::rightsOf);
            case CONTROLLER -> Optional.of(CONTROLLER);
            case USER, ANONYMOUS -> Optional.of(rules.rightsOf(identity.subjects()));
        };
    }

    private Rights rightsOf(Robot robot) {
        return robot.grants().or(rules.rightsOf(Identity.robot(robot.name()).subjects()));
    }

    private Proof byRules(Identity identity) {
        return whole(identity, rules.rightsOf(identity.subjects()));
    }

    private Optional<Proof> robot(RobotToken token) {
        return validRobot(token.name())
                .filter(token::isOf)
                .map(robot -> whole(Identity.robot(robot.name()), rightsOf(robot)));
    }

    private static Proof whole(Identity identity, Rights rights) {
        return new Proof(identity, rights, Optional.empty());
    }

    private Optional<Robot> validRobot(String name) {
        return findRobot(name).filter(robot -> robot.isValid(shared.clock().instant()));
    }

    private Optional<Robot> findRobot(String name) {
        try {
            return shared.robots().find(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // the store's fault, so a 500
        }
    }

    private Htpasswd users() {
        return htpasswd.map(WatchedFile::get).orElse(Htpasswd.EMPTY);
    }
}
