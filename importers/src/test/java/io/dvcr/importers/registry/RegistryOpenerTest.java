package io.dvcr.importers.registry;

import static io.dvcr.importers.registry.ScriptedRegistry.REPOSITORY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dvcr.importers.registry.RegistrySettings.Mirror;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.DownloadSettings;
import io.dvcr.importers.source.Lanes;
import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.RegistrySource;
import io.dvcr.importers.source.SecretName;
import io.dvcr.importers.source.SourceAccess;
import io.dvcr.importers.source.SourceException;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that strangers name, among them some that lead astray. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class RegistryOpenerTest {
    private static final RepositoryName TARGET = RepositoryName.parse("vms/debian");
    private static final byte[] DISK = new byte[1 << 20];
    private static final Digest DIGEST;
    private static final String BOB = "Basic " + Base64.getEncoder().encodeToString("bob:secret".getBytes(UTF_8));
    private static final DownloadPatience PATIENCE =
            new DownloadPatience(Duration.ofSeconds(10), new Backoff(3, Duration.ofMillis(1), Duration.ofMillis(2)));

    static {
        new Random(1).nextBytes(DISK);
        DIGEST = Digest.sha256(DISK);
    }

    @TempDir
    private Path directory;

    private ScriptedRegistry registry;
    private ScriptedRegistry other;

    @BeforeEach
    void start() throws IOException {
        registry = new ScriptedRegistry();
        other = new ScriptedRegistry();
        registry.artifact("1", DISK, DIGEST);
    }

    @AfterEach
    void stop() {
        registry.close();
        other.close();
    }

    private RegistrySource source(Optional<String> secret) {
        return RegistrySource.parse(
                registry.host() + "/" + REPOSITORY + ":1", Optional.empty(), secret.map(SecretName::parse));
    }

    private byte[] pull(RegistrySource source, RegistrySettings settings, SourceAccess access) throws IOException {
        RegistryOpener opener = new RegistryOpener(access, PATIENCE, settings, 1L << 30);
        try (OpenedSource opened = (OpenedSource) opener.open(source, TARGET)) {
            return opened.stream().readAllBytes();
        } finally {
            access.close();
        }
    }

    private byte[] pull(RegistrySettings settings) throws IOException {
        return pull(source(Optional.empty()), settings, new SourceAccess(new AddressPolicy(true), PATIENCE));
    }

    private byte[] pull() throws IOException {
        return pull(RegistrySettings.DEFAULTS);
    }

    /** With a secret that has Bob's password for {@code hosts}. */
    private byte[] pullWithSecret(String... hosts) throws IOException {
        Path secret = Files.createDirectories(directory.resolve("secrets/quay"));
        Files.write(secret.resolve("hosts"), List.of(hosts));
        Files.writeString(secret.resolve("username"), "bob");
        Files.writeString(secret.resolve("password"), "secret");
        DownloadSettings settings = new DownloadSettings(
                PATIENCE,
                Lanes.ONE,
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(directory.resolve("secrets")),
                Optional.empty());
        return pull(source(Optional.of("quay")), RegistrySettings.DEFAULTS, SourceAccess.with(settings, true));
    }

    private static void assertRefused(ThrowingPull pull, String code, String message) {
        SourceException refusal = catchThrowableOfType(SourceException.class, pull::run);
        assertThat(refusal).isNotNull();
        assertThat(refusal.error().code()).as(refusal.getMessage()).isEqualTo(code);
        assertThat(refusal.error().message()).contains(message).doesNotContain("secret\"");
    }

    private interface ThrowingPull {
        Object run() throws IOException;
    }

    @Test
    void a_layer_is_pulled_and_goes_on_where_it_was_cut() throws IOException {
        registry.cutOnceAfter(300_000);
        assertThat(pull()).isEqualTo(DISK);
        String blob = ScriptedRegistry.blobPath(DIGEST);
        assertThat(registry.requests())
                .anyMatch(request -> request.startsWith(blob + " bytes=0-"))
                .anyMatch(request -> request.matches("\\Q" + blob + "\\E bytes=[1-9].*"));
    }

    @Test
    void a_layer_other_than_the_manifest_names_is_not_taken() {
        byte[] changed = DISK.clone();
        changed[DISK.length - 1]++;
        registry.put(ScriptedRegistry.blobPath(DIGEST), changed);
        assertRefused(this::pull, "SOURCE_DIGEST_MISMATCH", "it is " + Digest.sha256(changed));
    }

    @Test
    void a_layer_that_ends_early_is_not_taken() {
        registry.put(ScriptedRegistry.blobPath(DIGEST), new byte[100]);
        assertRefused(this::pull, "SOURCE_DIGEST_MISMATCH", "it has 100 bytes, not 1048576");
    }

    @Test
    void a_manifest_other_than_the_digest_names_is_not_taken() {
        byte[] manifest = registry.artifact("1", DISK, DIGEST);
        Digest pinned = Digest.sha256("another".getBytes(UTF_8));
        registry.put("/v2/" + REPOSITORY + "/manifests/" + pinned, manifest);
        RegistrySource source = RegistrySource.parse(
                registry.host() + "/" + REPOSITORY + "@" + pinned, Optional.empty(), Optional.empty());
        assertRefused(
                () -> pull(source, RegistrySettings.DEFAULTS, new SourceAccess(new AddressPolicy(true), PATIENCE)),
                "SOURCE_REGISTRY",
                "the registry answered " + Digest.sha256(manifest));
    }

    @Test
    void a_redirect_to_a_metadata_address_is_not_followed() {
        registry.redirect(ScriptedRegistry.blobPath(DIGEST), "http://169.254.169.254/latest/meta-data");
        assertRefused(this::pull, "ADDRESS_REFUSED", "169.254.169.254");
    }

    @Test
    void a_token_is_not_asked_of_a_metadata_address() {
        registry.want("Bearer realm=\"http://169.254.169.254/token\"", "Bearer x");
        assertRefused(this::pull, "ADDRESS_REFUSED", "169.254.169.254");
    }

    @Test
    void a_registry_on_the_server_itself_is_not_asked_for_strangers() {
        assertRefused(
                () -> pull(
                        source(Optional.empty()),
                        RegistrySettings.DEFAULTS,
                        new SourceAccess(new AddressPolicy(false), PATIENCE)),
                "ADDRESS_REFUSED",
                "loopback is the server itself");
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void a_secret_is_shown_to_the_registry_and_not_to_where_that_redirects() throws IOException {
        registry.want("Basic realm=\"x\"", BOB);
        registry.redirect(ScriptedRegistry.blobPath(DIGEST), "http://" + other.host() + "/blob");
        other.put("/blob", DISK);
        assertThat(pullWithSecret("http://" + registry.host())).isEqualTo(DISK);
        assertThat(registry.requests()).anyMatch(request -> request.endsWith(BOB));
        assertThat(other.requests()).isNotEmpty().noneMatch(request -> request.contains("Basic"));
    }

    @Test
    void a_secret_is_shown_for_a_token_only_where_its_hosts_say() throws IOException {
        registry.want("Bearer realm=\"http://" + other.host() + "/token\"", "Bearer good");
        other.put("/token", "{\"token\":\"good\"}".getBytes(UTF_8));
        assertRefused(
                () -> pullWithSecret("http://" + registry.host()),
                "SOURCE_REGISTRY",
                "wants the credentials shown to http://" + other.host());
        assertThat(other.requests()).isEmpty();

        assertThat(pullWithSecret("http://" + registry.host(), "http://" + other.host()))
                .isEqualTo(DISK);
        assertThat(other.requests()).containsOnly("/token " + BOB);
    }

    @Test
    void a_secret_for_another_registry_is_not_used() {
        assertRefused(() -> pullWithSecret("quay.io"), "SECRET_REFUSED", "it is not for the server of");
        assertThat(registry.requests()).isEmpty();
    }

    @Test
    void what_docker_login_left_is_shown_to_its_registry() throws IOException {
        Path config = Files.writeString(directory.resolve("config.json"), """
                {"auths":{"%s":{"auth":"%s"}}}
                """.formatted(
                        registry.host(), Base64.getEncoder().encodeToString("bob:secret".getBytes(UTF_8))));
        registry.want("Basic realm=\"x\"", BOB);
        assertThat(pull(new RegistrySettings(Optional.of(config), List.of(), List.of())))
                .isEqualTo(DISK);

        for (String broken :
                List.of("{\"auths\":\"secret\"", "{\"auths\":{\"" + registry.host() + "\":{\"auth\":\"!\"}}}")) {
            Files.writeString(config, broken);
            assertRefused(
                    () -> pull(new RegistrySettings(Optional.of(config), List.of(), List.of())),
                    "SOURCE_REGISTRY",
                    "docker configuration is not usable");
        }
    }

    @Test
    void a_mirror_is_asked_first_and_the_registry_if_that_has_it_not() throws IOException {
        Mirror mirror = new Mirror(registry.host(), URI.create("http://" + other.host() + "/cache"));
        RegistrySettings settings = new RegistrySettings(Optional.empty(), List.of(), List.of(mirror));
        assertThat(pull(settings)).isEqualTo(DISK);
        assertThat(other.requests()).containsExactly("/v2/cache/" + REPOSITORY + "/manifests/1");

        byte[] manifest = registry.artifact("1", DISK, DIGEST);
        other.put("/v2/cache/" + REPOSITORY + "/manifests/1", manifest);
        other.put("/v2/cache/" + REPOSITORY + "/blobs/" + DIGEST, DISK);
        int before = registry.requests().size();
        assertThat(pull(settings)).isEqualTo(DISK);
        assertThat(registry.requests()).hasSize(before);
    }

    @Test
    void a_name_without_a_host_is_of_docker_hub() {
        RegistrySource source = RegistrySource.parse("debian", Optional.empty(), Optional.empty());
        assertThat(RegistryPlace.of(source, RegistrySettings.DEFAULTS))
                .extracting(place -> place.registry() + " " + place.image())
                .containsExactly("https://registry-1.docker.io library/debian:latest");
        RegistrySource quay = RegistrySource.parse("quay.io/a/b:1", Optional.empty(), Optional.empty());
        RegistrySettings plain = new RegistrySettings(
                Optional.empty(),
                List.of("quay.io"),
                List.of(new Mirror("docker.io", URI.create("https://mirror.example"))));
        assertThat(RegistryPlace.of(quay, plain))
                .extracting(place -> place.registry().toString())
                .containsExactly("http://quay.io");
        assertThat(RegistryPlace.of(source, plain))
                .extracting(place -> place.registry().toString())
                .containsExactly("https://mirror.example/", "https://registry-1.docker.io");
    }
}
