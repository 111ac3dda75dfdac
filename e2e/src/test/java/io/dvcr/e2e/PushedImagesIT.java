package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.Dvcr;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disk images that real clients push as they are, and what becomes of them. */
@EndToEnd
@Timeout(120)
class PushedImagesIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private DvcrServer server;
    private Path raw;

    @BeforeEach
    void start() throws Exception {
        byte[] disk = Bytes.random(new Random(1), 16 << 20);
        Arrays.fill(disk, 4 << 20, 12 << 20, (byte) 0);
        raw = Files.write(directory.resolve("disk.raw"), disk);
        server = DvcrServer.registry();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Path qcow2(String name) throws Exception {
        Path image = directory.resolve(name);
        Qemu.img("convert", "-f", "raw", "-O", "qcow2", raw, image);
        return image;
    }

    private void oras(String tag, Path file) throws Exception {
        Command.of(Given.oras())
                .and("push", "--plain-http", server.address() + "/vms/pushed:" + tag, file.getFileName())
                .in(directory)
                .run()
                .succeeded();
    }

    private JsonNode image(String tag) throws Exception {
        Answer answer = server.http().get("/api/v1/images/vms/pushed/" + tag);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        return answer.json();
    }

    private JsonNode ended(String tag) throws Exception {
        return Eventually.value("the end of a conversion", DEADLINE, () -> {
            JsonNode image = image(tag);
            return image.path("state").asText().equals("Converting") ? Optional.empty() : Optional.of(image);
        });
    }

    /** The disk is what was pushed, whichever way it is asked for. */
    private void assertBootable(String tag) throws Exception {
        JsonNode image = ended(tag);
        assertThat(image.path("state").asText()).as(image.toString()).isEqualTo("Ready");
        Dvcr dvcr = new Dvcr(server.url());
        Path pulled = directory.resolve("pulled." + tag);
        dvcr.run("pull", "vms/pushed:" + tag, "-o", pulled).succeeded();
        Qemu.compare("raw", raw, "raw", pulled);
        Path vmdk = directory.resolve("pulled.vmdk");
        dvcr.run("pull", "vms/pushed:" + tag, "-o", vmdk, "--format", "vmdk", "--force")
                .succeeded();
        Qemu.compare("raw", raw, "vmdk", vmdk);
        assertThat(dvcr.run("images").succeeded().stdout()).contains("vms/pushed:" + tag, "ready");
    }

    @ParameterizedTest
    @ValueSource(strings = {"qcow2", "raw", "gz", "xz", "zst", "bz2"})
    void what_oras_pushes_becomes_bootable_and_stays_as_it_was(String kind) throws Exception {
        Path file = switch (kind) {
            case "qcow2" -> qcow2("disk.qcow2");
            case "raw" -> raw;
            default -> compressed(kind);
        };
        oras(kind, file);
        assertBootable(kind);

        Path back = directory.resolve("back");
        Command.of(Given.oras())
                .and("pull", "--plain-http", "-o", back, server.address() + "/vms/pushed:" + kind)
                .run()
                .succeeded();
        assertThat(Files.mismatch(back.resolve(file.getFileName()), file)).isEqualTo(-1);
        String referrers = Command.of(Given.oras())
                .and("discover", "--plain-http", "--format", "json", server.address() + "/vms/pushed:" + kind)
                .run()
                .succeeded()
                .stdout();
        assertThat(referrers)
                .contains(
                        "application/vnd.dvcr.disk.v1",
                        image(kind).path("digest").asText());
    }

    private Path compressed(String kind) throws Exception {
        String program = switch (kind) {
            case "gz" -> "gzip";
            case "xz" -> "xz";
            case "bz2" -> "bzip2";
            default -> "zstd";
        };
        Command.of(program, "-k", "-1", raw.getFileName()).in(directory).run().succeeded();
        return directory.resolve("disk.raw." + kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void a_container_disk_that_podman_pushes_becomes_bootable(String compression) throws Exception {
        qcow2("debian.qcow2");
        Files.writeString(
                directory.resolve("Containerfile"), "FROM scratch\nADD --chown=107:107 debian.qcow2 /disk/\n");
        String name = server.address() + "/vms/pushed:" + compression;
        Path storage = DirectoryTree.temporary();
        try {
            Command podman = Command.of("podman", "--root", storage.resolve("root"), "--storage-driver=vfs")
                    .and("--runroot", storage.resolve("run"), "--tmpdir", storage.resolve("tmp"));
            podman.and("build", "-t", name, "-f", "Containerfile", ".")
                    .in(directory)
                    .run()
                    .succeeded();
            podman.and("push", "--tls-verify=false", "--compression-format", compression, name)
                    .run()
                    .succeeded();
        } finally {
            DirectoryTree.delete(storage);
        }
        assertBootable(compression);
    }

    @Test
    void a_hostile_one_says_why_and_goes_when_it_is_removed() throws Exception {
        Path backed = directory.resolve("backed.qcow2");
        Qemu.img("create", "-q", "-f", "qcow2", "-b", raw, "-F", "raw", backed);
        oras("hostile", backed);

        assertThat(ended("hostile").path("error").path("code").asText()).isEqualTo("QCOW2_BACKING_FILE");
        Dvcr dvcr = new Dvcr(server.url());
        assertThat(dvcr.run("images").succeeded().stdout()).contains("failed: ", "backing file");
        assertThat(dvcr.run("pull", "vms/pushed:hostile", "-o", directory.resolve("x"))
                        .stderr())
                .contains("backing file");
        dvcr.run("rm", "vms/pushed:hostile").succeeded();
        assertThat(server.http().get("/v2/vms/pushed/tags/list").text()).doesNotContain("hostile");
    }

    @Test
    void a_conversion_that_a_kill_cuts_off_goes_on() throws Exception {
        byte[] large = Bytes.random(new Random(3), 256 << 20);
        Files.write(raw, large);
        oras("large", raw);
        assertThat(image("large").path("state").asText()).isEqualTo("Converting");
        server.kill();
        server.restart();
        assertBootable("large");
        assertThat(DirectoryTree.entries(server.data().resolve("pushed"))).isEmpty();
    }

    @Test
    void the_disk_goes_with_what_it_was_made_of() throws Exception {
        oras("gone", qcow2("disk.qcow2"));
        String digest = ended("gone").path("digest").asText();
        new Dvcr(server.url()).run("rm", "vms/pushed:gone").succeeded();
        assertThat(server.http().get("/v2/vms/pushed/manifests/" + digest).status())
                .isEqualTo(404);
    }
}
