package io.dvcr.registry.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.dvcr.registry.TestServer;
import io.dvcr.registry.access.Action;
import io.dvcr.registry.access.Grant;
import io.dvcr.registry.access.Rule;
import io.dvcr.registry.access.Subject;
import io.dvcr.registry.http.HttpSettings;
import io.dvcr.storage.RepositoryPattern;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A real registry that asks who comes. The users are {@code root}, who runs it; {@code alice}, who may do everything in
 * {@code vms}; {@code bob}, who may pull from there; and {@code carol}, who may do nothing that strangers may not. Each
 * one's password is {@code NAME's password}. Everybody may pull from {@code public}.
 */
final class GuardedServer implements Closeable {
    static final String ROOT = basic("root", "root's password");
    static final String ALICE = basic("alice", "alice's password");
    static final String BOB = basic("bob", "bob's password");
    static final String CAROL = basic("carol", "carol's password");

    /** Whoever shows nothing. */
    static final String NOBODY = "";

    private static final List<Rule> RULES = List.of(
            new Rule(Set.of(new Subject.User("root")), new Grant(List.of(), Set.of()), true),
            rule("user:alice", "vms/**", Action.values()),
            rule("user:bob", "vms/**", Action.PULL),
            rule("anonymous", "public/**", Action.PULL));

    final TestServer registry;
    final TestClock clock = new TestClock();
    final Path htpasswd;
    final Authentication authentication;

    private GuardedServer(Path directory, HttpSettings http) throws IOException {
        htpasswd = Files.writeString(directory.resolve("htpasswd"), users("root", "alice", "bob", "carol"));
        registry = TestServer.start(directory, TestServer.Setup.PLAIN.with(http));
        authentication = replica();
        registry.guard(authentication, authentication.routes());
    }

    static GuardedServer start(Path directory) throws IOException {
        return start(directory, HttpSettings.DEFAULTS);
    }

    static GuardedServer start(Path directory, HttpSettings http) throws IOException {
        return new GuardedServer(directory, http);
    }

    /** Another server over the same store. */
    Authentication replica() throws IOException {
        return new Authentication(
                settings(),
                URI.create("http://127.0.0.1:" + registry.address().getPort()),
                new Policy.Shared(
                        new Robots(registry.store()),
                        new TokenIssuer(SigningKey.of(registry.store()), clock),
                        PasswordHash.BCRYPT,
                        clock));
    }

    AccessSettings settings() {
        return settings(RULES, Optional.empty(), List.of());
    }

    /** Has so many wrong passwords counted as too many. */
    void limit(LoginLimits logins) throws IOException {
        authentication.reload(settings(RULES, Optional.empty(), List.of(), logins));
    }

    AccessSettings settings(List<Rule> rules, Optional<IssuerSettings> issuer, List<CertificateRule> certificates) {
        return settings(rules, issuer, certificates, new LoginLimits(1000, Duration.ofMinutes(1)));
    }

    private AccessSettings settings(
            List<Rule> rules, Optional<IssuerSettings> issuer, List<CertificateRule> certificates, LoginLimits logins) {
        return new AccessSettings(
                rules, Optional.of(htpasswd), issuer, certificates, Optional.empty(), Duration.ofMinutes(5), logins);
    }

    static List<Rule> rules() {
        return RULES;
    }

    static Rule rule(String subject, String pattern, Action... actions) {
        return new Rule(
                Set.of(Subject.parse(subject)),
                new Grant(List.of(RepositoryPattern.of(pattern)), Set.of(actions)),
                false);
    }

    /** @param authorization the value of that header; empty for none */
    HttpResponse<byte[]> send(String authorization, String method, String path, String... headers) throws IOException {
        return send(authorization, method, path, new byte[0], headers);
    }

    HttpResponse<byte[]> send(String authorization, String method, String path, byte[] body, String... headers)
            throws IOException {
        String[] all = headers;
        if (!authorization.isEmpty()) {
            all = Arrays.copyOf(headers, headers.length + 2);
            all[headers.length] = "Authorization";
            all[headers.length + 1] = authorization;
        }
        return registry.send(method, path, body, all);
    }

    int status(String authorization, String method, String path) throws IOException {
        return send(authorization, method, path).statusCode();
    }

    /** Stores an empty index as {@code repository:tag}. */
    void push(String repository, String tag) throws IOException {
        HttpResponse<byte[]> reply = send(
                ROOT,
                "PUT",
                "/v2/" + repository + "/manifests/" + tag,
                TestServer.index(tag).getBytes(UTF_8),
                "Content-Type",
                "application/vnd.oci.image.index.v1+json");
        if (reply.statusCode() != 201) {
            throw new AssertionError(TestServer.text(reply));
        }
    }

    /** The token that {@code authorization} gets for {@code scopes}. */
    String token(String authorization, String... scopes) throws IOException {
        String query = Arrays.stream(scopes).map(scope -> "&scope=" + scope).collect(Collectors.joining());
        HttpResponse<byte[]> reply = send(authorization, "GET", "/token?service=dvcr" + query);
        if (reply.statusCode() != 200) {
            throw new AssertionError(TestServer.text(reply));
        }
        return TestServer.json(reply).path("token").asText();
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    static String bearer(String token) {
        return "Bearer " + token;
    }

    /** Lines of a file of passwords, each the quickest bcrypt there is. */
    static String users(String... names) {
        return Arrays.stream(names)
                .map(name -> line(name, name + "'s password"))
                .collect(Collectors.joining());
    }

    static String line(String name, String password) {
        return name + ":" + BCrypt.with(BCrypt.Version.VERSION_2Y).hashToString(4, password.toCharArray()) + "\n";
    }

    @Override
    public void close() throws IOException {
        registry.close();
    }
}
