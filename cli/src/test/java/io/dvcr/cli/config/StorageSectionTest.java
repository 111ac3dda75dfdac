package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.s3.S3Credentials.Keys;
import io.dvcr.storage.s3.S3Credentials.Profile;
import io.dvcr.storage.s3.S3Credentials.Surroundings;
import io.dvcr.storage.s3.S3Links;
import io.dvcr.storage.s3.S3Patience;
import io.dvcr.storage.s3.S3Server;
import io.dvcr.storage.s3.S3Settings;
import io.dvcr.storage.s3.S3Sizes;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class StorageSectionTest {

    @Test
    void a_bucket_is_all_that_must_be_said() throws Exception {
        assertThat(s3("storage: {s3: {bucket: images}}"))
                .isEqualTo(new S3Settings(
                        "images",
                        "",
                        new S3Server(Optional.empty(), "us-east-1", true, false, false, new Surroundings()),
                        S3Patience.DEFAULTS,
                        S3Sizes.DEFAULTS,
                        S3Links.DEFAULTS));
    }

    @Test
    void credentials_are_keys_or_a_profile() throws Exception {
        assertThat(s3("storage: {s3: {bucket: images, accessKey: a, secretKey: b}}")
                        .server()
                        .credentials())
                .isEqualTo(new Keys("a", "b"));
        assertThat(s3("storage: {s3: {bucket: images, profile: p}}").server().credentials())
                .isEqualTo(new Profile("p"));
        assertThatThrownBy(() -> s3("storage: {s3: {bucket: images, accessKey: a}}"))
                .hasMessageContaining("must have both accessKey and secretKey, or neither");
        assertThatThrownBy(() -> s3("storage: {s3: {bucket: images, accessKey: a, secretKey: b, profile: p}}"))
                .hasMessageContaining("either accessKey and secretKey or profile");
    }

    @Test
    void a_secret_may_come_from_the_environment_and_is_not_shown() throws Exception {
        Map<String, String> environment = Map.of(
                "DVCR_STORAGE_S3_BUCKET", "images",
                "DVCR_STORAGE_S3_ENDPOINT", "https://s3.example.com",
                "DVCR_STORAGE_S3_ACCESS_KEY", "a",
                "DVCR_STORAGE_S3_SECRET_KEY", "hush");
        LoadedConfiguration loaded = Sources.of(environment).read("");
        S3Server server = loaded.value().storage().s3().orElseThrow().server();

        assertThat(server.endpoint()).contains(URI.create("https://s3.example.com"));
        assertThat(server.credentials()).isEqualTo(new Keys("a", "hush"));
        assertThat(server.toString()).doesNotContain("hush");
    }

    @Test
    void what_makes_no_sense_is_refused() {
        assertThatThrownBy(() -> s3("storage: {s3: {prefix: dvcr/}}")).hasMessageContaining("storage.s3.bucket");
        assertThatThrownBy(() -> s3("storage: {s3: {bucket: images, prefix: dvcr}}"))
                .hasMessageContaining("with / behind it");
        assertThatThrownBy(() -> s3("storage: {s3: {bucket: images, partSize: 64MiB, maxCopySize: 64MiB}}"))
                .hasMessageContaining("at least two parts");
    }

    private static S3Settings s3(String text) throws Exception {
        return Sources.read(text).value().storage().s3().orElseThrow();
    }
}
