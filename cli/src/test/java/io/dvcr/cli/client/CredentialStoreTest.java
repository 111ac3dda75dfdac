package io.dvcr.cli.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.registry.Credential;
import io.dvcr.importers.registry.Credential.Password;
import io.dvcr.importers.registry.Credential.RefreshToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that docker, podman and dvcr share. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CredentialStoreTest {
    private static final String HOST = "registry.example:5000";

    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();

    private CredentialStore store() {
        return CredentialStore.of(environment, home);
    }

    private static String auths(String host, String pair) {
        String encoded = Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
        return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, encoded);
    }

    private static void write(Path file, String json) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, json);
    }

    private Optional<Credential> found() throws IOException {
        return store().find(HOST);
    }

    @Test
    void nobody_is_logged_in_at_first() throws IOException {
        assertThat(found()).isEmpty();
        assertThat(store().remove(HOST)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {HOST, "https://" + HOST, "http://" + HOST, "https://" + HOST + "/v1/"})
    void what_docker_keeps_is_found_by_any_name_it_gives_a_registry(String name) throws IOException {
        write(home.resolve(".docker/config.json"), auths(name, "alice:a:b"));
        assertThat(found()).contains(new Password("alice", "a:b"));
        assertThat(store().find("other.example")).isEmpty();
    }

    @Test
    void a_file_that_the_environment_names_comes_first_and_podman_s_own_last() throws IOException {
        environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
        write(home.resolve("run/containers/auth.json"), auths(HOST, "podman:p"));
        assertThat(found()).contains(new Password("podman", "p"));
        environment.put("DOCKER_CONFIG", home.resolve("docker").toString());
        write(home.resolve("docker/config.json"), auths(HOST, "docker:p"));
        assertThat(found()).contains(new Password("docker", "p"));
        environment.put("REGISTRY_AUTH_FILE", home.resolve("auth.json").toString());
        write(home.resolve("auth.json"), auths(HOST, "named:p"));
        assertThat(found()).contains(new Password("named", "p"));
    }

    @Test
    void an_identity_token_of_docker_is_a_refresh_token() throws IOException {
        write(home.resolve(".docker/config.json"), "{\"auths\":{\"%s\":{\"identitytoken\":\"t\"}}}".formatted(HOST));
        assertThat(found()).contains(new RefreshToken("t"));
    }

    @Test
    void a_login_is_kept_for_nobody_else_to_read_and_leaves_the_rest_of_the_file_alone() throws IOException {
        Path file = home.resolve(".docker/config.json");
        write(file, "{\"psFormat\":\"x\",\"auths\":{\"other.example\":{}}}");
        assertThat(store().save(HOST, new Password("alice", "secret"))).isEqualTo(file.toString());
        assertThat(found()).contains(new Password("alice", "secret"));
        assertThat(file).content().contains("psFormat", "other.example").doesNotContain("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        assertThat(store().remove(HOST)).isTrue();
        assertThat(found()).isEmpty();
        assertThat(file).content().contains("psFormat", "other.example");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auths\":{\"%s\":{\"auth\":\"!\"}}}",
                "{\"auths\":{\"%s\":{\"auth\":\"\"}}}",
                "{\"auths\":7}",
                "[]"
            })
    void what_makes_no_sense_is_no_login(String json) throws IOException {
        write(home.resolve(".docker/config.json"), json.formatted(HOST));
        assertThat(found()).isEmpty();
    }

    @Test
    void a_file_that_is_not_json_is_named_and_not_shown() throws IOException {
        write(home.resolve(".docker/config.json"), "{\"auth\":\"c2VjcmV0");
        assertThatThrownBy(this::found)
                .isInstanceOf(IOException.class)
                .hasMessage(home.resolve(".docker/config.json") + " is not JSON")
                .hasNoCause();
    }

    @Test
    void a_credential_helper_with_a_name_that_is_a_path_is_not_run() throws IOException {
        write(home.resolve(".docker/config.json"), "{\"credsStore\":\"../../bin/evil\"}");
        assertThatThrownBy(this::found).hasMessageContaining("not the name of a credential helper");
    }
}
