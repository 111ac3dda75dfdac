package io.dvcr.registry.auth;

import io.dvcr.registry.access.Caller;
import io.dvcr.registry.access.Rights;
import io.dvcr.registry.http.Guard;
import io.dvcr.registry.http.Request;
import io.dvcr.registry.http.Route;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Guards a registry by {@link AccessSettings}, which may change while it runs; makes and takes tokens. By the default
 * settings it asks nobody anything. Thread-safe.
 */
public final class Authentication implements Guard {
    private static final Duration CONTROLLER_TOKEN_LIFETIME = Duration.ofMinutes(5);
    private static final Proof EVERYONE = new Proof(Identity.ANONYMOUS, Rights.ALL, Optional.empty());

    private final URI url;
    private final Policy.Shared shared;
    private volatile Policy policy;
    private volatile Optional<ControllerToken> controllerToken = Optional.empty();

    Authentication(AccessSettings settings, URI url, Policy.Shared shared) throws IOException {
        this.url = url;
        this.shared = shared;
        this.policy = new Policy(settings, shared);
    }

    /**
     * @param url where this server is, as it sees it itself
     * @param store that of the registry: robots and the key of tokens are in it
     * @throws IOException if a file that {@code settings} name, or the store, cannot be used
     */
    public static Authentication open(AccessSettings settings, URI url, ObjectStore store, Clock clock)
            throws IOException {
        TokenIssuer tokens = new TokenIssuer(SigningKey.of(store), clock);
        return new Authentication(
                settings, url, new Policy.Shared(new Robots(store), tokens, PasswordHash.BCRYPT, clock));
    }

    /**
     * Judges by {@code settings} from now on. What tokens were made by others before still holds as far as those allow.
     *
     * @throws IOException if a file that they name cannot be used; then nothing changes
     */
    public void reload(AccessSettings settings) throws IOException {
        policy = new Policy(settings, shared);
    }

    /** The endpoints of tokens, of their public keys, and of robots. */
    public List<Route> routes() {
        return AuthRoutes.of(this, shared);
    }

    /** A token to pull with, for the controller that runs in this process. It lasts for a minute at least. */
    public String controllerToken() {
        Instant now = shared.clock().instant();
        Optional<ControllerToken> last = controllerToken;
        if (last.isPresent() && now.isBefore(last.get().renewAt())) {
            return last.get().text();
        }
        String text = shared.tokens().issue(Identity.CONTROLLER, CONTROLLER_TOKEN_LIFETIME);
        controllerToken = Optional.of(new ControllerToken(text, now.plus(CONTROLLER_TOKEN_LIFETIME.minusMinutes(1))));
        return text;
    }

    private record ControllerToken(String text, Instant renewAt) {}

    /** Where clients reach this server, as far as it is configured or {@code request} tells. */
    public URI urlFor(Request request) {
        return Challenge.urlOf(request, policy.settings(), url);
    }

    @Override
    public Caller identify(Request request) {
        Policy now = policy;
        if (!now.settings().guarded()) {
            return Caller.ANYONE;
        }
        Challenge challenge = challenge(request, now);
        Credentials credentials = credentials(request);
        Proof proof = prove(request, credentials, now, challenge);
        boolean shown = !(credentials instanceof Credentials.None)
                || proof.identity().known().isPresent();
        return new ProvedCaller(proof, shown, challenge);
    }

    /** What the credentials of {@code request} prove. */
    Proof prove(Request request) {
        Policy now = policy;
        return now.settings().guarded() ? prove(request, credentials(request), now, challenge(request, now)) : EVERYONE;
    }

    /** What a user's name and password prove that a request has in its body. */
    Proof prove(Request request, String user, String password) {
        Policy now = policy;
        return now.password(request.client().address(), user, password)
                .orElseThrow(challenge(request, now)::invalidCredentials);
    }

    Proof proveByRefreshToken(Request request, String token) {
        Policy now = policy;
        return now.refreshToken(token).orElseThrow(challenge(request, now)::invalidCredentials);
    }

    AccessSettings settings() {
        return policy.settings();
    }

    String fingerprint(Identity identity) {
        return policy.fingerprint(identity);
    }

    private Challenge challenge(Request request, Policy now) {
        return new Challenge(request, now.settings(), url);
    }

    private static Credentials credentials(Request request) {
        return Credentials.of(request.header("Authorization"));
    }

    /** @throws RegistryException with Unauthorized if there are credentials that prove nothing */
    private static Proof prove(Request request, Credentials credentials, Policy now, Challenge challenge) {
        Optional<Proof> proof = switch (credentials) {
            case Credentials.None _ ->
                request.client().certificate().flatMap(now::certificate).or(() -> Optional.of(now.anonymous()));
            case Credentials.Basic(String user, String password) ->
                now.password(request.client().address(), user, password);
            case Credentials.Bearer(String token) -> now.token(token);
            case Credentials.Unusable _ -> Optional.empty();
        };
        return proof.orElseThrow(challenge::invalidCredentials);
    }
}
