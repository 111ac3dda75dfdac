package io.dvcr.importers.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.importers.source.SourceException;
import io.dvcr.storage.Digest;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PlatformChoiceTest {
    private static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String ATTESTATION = listed("attestation", """
            "annotations":{"vnd.docker.reference.type":"attestation-manifest"},
            "platform":{"architecture":"unknown","os":"unknown"}
            """);
    private static final String AMD64 = listed("amd64", "\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"}");
    private static final String ARM64 = listed("arm64", """
            "platform":{"architecture":"arm64","os":"linux","variant":"v8","os.features":["x"]}
            """);
    private static final String WINDOWS = listed("windows", """
            "platform":{"architecture":"amd64","os":"windows","os.version":"10"}
            """);
    private static final String KUBEVIRT =
            listed("kubevirt", "\"artifactType\":\"application/vnd.kubevirt.virtualmachine.v1\"");
    private static final String DISK = listed("disk", """
            "annotations":{"io.dvcr.artifact-type":"application/vnd.dvcr.disk.v1"}
            """);

    private static String listed(String name, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1,%s}"
                .formatted(Manifest.OCI_MANIFEST, digest(name), more);
    }

    private static Digest digest(String name) {
        return Digest.sha256(name.getBytes(UTF_8));
    }

    private static Optional<Digest> chooseIn(String mediaType, String architecture, String... listed)
            throws IOException {
        byte[] index = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(mediaType, String.join(",", listed))
                .getBytes(UTF_8);
        return PlatformChoice.in(
                new StoredManifest(Digest.sha256(index), mediaType, index), architecture, "quay.io/a/b:1");
    }

    private static Optional<Digest> choose(String architecture, String... listed) throws IOException {
        return chooseIn(Manifest.OCI_INDEX, architecture, listed);
    }

    @Test
    void the_image_for_linux_on_the_architecture_is_taken() throws IOException {
        assertThat(choose("amd64", ATTESTATION, WINDOWS, AMD64, ARM64)).contains(digest("amd64"));
        assertThat(choose("arm64", ATTESTATION, WINDOWS, AMD64, ARM64)).contains(digest("arm64"));
        assertThat(chooseIn(DOCKER_LIST, "arm64", AMD64, ARM64)).contains(digest("arm64"));
    }

    @Test
    void a_disk_of_ours_comes_before_all_and_a_kubevirt_artifact_where_there_is_no_image() throws IOException {
        assertThat(choose("amd64", AMD64, KUBEVIRT, DISK)).contains(digest("disk"));
        assertThat(choose("amd64", KUBEVIRT, AMD64)).contains(digest("amd64"));
        assertThat(choose("arm64", KUBEVIRT, AMD64)).contains(digest("kubevirt"));
    }

    @Test
    void the_only_one_is_taken_if_it_is_for_no_other_platform() throws IOException {
        assertThat(choose("arm64", ATTESTATION)).contains(digest("attestation"));
        assertThatThrownBy(() -> choose("arm64", AMD64)).isInstanceOf(SourceException.class);
        assertThat(choose("arm64", listed("bare", "\"annotations\":{}"))).contains(digest("bare"));
    }

    @Test
    void where_nothing_will_do_it_is_said_so() {
        assertThatThrownBy(() -> choose("riscv64", AMD64, ARM64))
                .isInstanceOf(SourceException.class)
                .hasMessage("quay.io/a/b:1 holds no disk: it lists none for linux/riscv64");
    }
}
