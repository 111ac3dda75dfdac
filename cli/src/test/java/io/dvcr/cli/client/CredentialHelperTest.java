package io.dvcr.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.registry.Credential.Password;
import io.dvcr.importers.registry.Credential.RefreshToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that speak docker's protocol for credential helpers; here they are shell scripts. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class CredentialHelperTest {
    @TempDir
    private Path directory;

    private CredentialHelper helper(String script) throws IOException {
        Path program = Files.writeString(directory.resolve("helper"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new CredentialHelper(program.toString());
    }

    @Test
    void it_is_asked_for_a_host_on_its_standard_input() throws IOException {
        CredentialHelper helper = helper("[ \"$1 $(cat)\" = 'get r.example' ] || exit 1\n"
                + "echo '{\"ServerURL\":\"r.example\",\"Username\":\"alice\",\"Secret\":\"s\"}'");
        assertThat(helper.find("r.example")).contains(new Password("alice", "s"));
        assertThat(helper.find("other.example")).isEmpty();
    }

    @Test
    void the_user_token_says_that_the_secret_is_a_refresh_token() throws IOException {
        assertThat(helper("echo '{\"Username\":\"<token>\",\"Secret\":\"s\"}'").find("r.example"))
                .contains(new RefreshToken("s"));
    }

    @Test
    void it_stores_and_erases() throws IOException {
        CredentialHelper helper = helper("cat > " + directory + "/$1");
        helper.save("r.example", new Password("alice", "s"));
        assertThat(directory.resolve("store"))
                .hasContent("{\"ServerURL\":\"r.example\",\"Username\":\"alice\",\"Secret\":\"s\"}");
        assertThat(helper.remove("r.example")).isTrue();
        assertThat(directory.resolve("erase")).hasContent("r.example");
    }

    @Test
    void what_it_answers_is_not_shown_if_it_makes_no_sense() throws IOException {
        CredentialHelper helper = helper("echo secret");
        assertThatThrownBy(() -> helper.find("r.example"))
                .hasMessageNotContaining("secret")
                .hasNoCause();
        CredentialHelper failing = helper("cat > /dev/null; exit 1");
        assertThatThrownBy(() -> failing.save("r.example", new Password("alice", "secret")))
                .hasMessageContaining("did not store")
                .hasMessageNotContaining("secret");
    }
}
