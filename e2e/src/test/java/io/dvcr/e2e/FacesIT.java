package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An imported guest, as clients see it that know nothing of DVCR's disks. */
@EndToEnd
@Timeout(120)
class FacesIT {
    private static final int KUBEVIRT = 1;
    private static final int CONTAINER_DISK = 2;

    private static DvcrServer server;
    private static Artifact image;
    private static byte[] disk;

    @BeforeAll
    @Timeout(180)
    static void import_a_guest(@TempDir Path directory) throws Exception {
        Path source = Given.image("guest.qcow2");
        Path raw = directory.resolve("guest.raw");
        Qemu.img("convert", "-f", "qcow2", "-O", "raw", source, raw);
        disk = Files.readAllBytes(raw);
        server = DvcrServer.registry();
        image = new Artifact(server, "vms/guest", "1");
        try (WebServer web = WebServer.start()) {
            server.dvcr()
                    .run("import", web.serve("guest.qcow2", source), image.reference())
                    .succeeded();
        }
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void podman_pulls_a_containerDisk_with_the_raw_disk_in_it() throws Exception {
        Path storage = DirectoryTree.temporary();
        try {
            Command podman = Command.of("podman", "--root", storage.resolve("root"), "--storage-driver=vfs")
                    .and("--runroot", storage.resolve("run"), "--tmpdir", storage.resolve("tmp"));
            podman.and("pull", "--tls-verify=false", "--platform=linux/amd64", image.fullName())
                    .run()
                    .succeeded();
            String mounted = stdout(podman.and("image", "mount", image.fullName()));
            Path file = Path.of(mounted, "disk", "disk.img");

            Bytes.assertSame("the disk in the container", Files.readAllBytes(file), disk);
            assertThat(stdout(Command.of("stat", "-c", "%u:%g %a", file))).isEqualTo("107:107 440");
            podman.and("image", "umount", "--all").run().succeeded();
        } finally {
            DirectoryTree.delete(storage);
        }
    }

    @Test
    void skopeo_copies_the_containerDisk_to_a_layout_whose_layer_tar_unpacks(@TempDir Path directory) throws Exception {
        Path layout = directory.resolve("layout");
        Command.of("skopeo", "--insecure-policy", "--override-arch", "amd64", "copy", "--src-tls-verify=false")
                .and("docker://" + image.fullName(), "oci:" + layout + ":1")
                .run()
                .succeeded();
        Path layer = largest(layout.resolve("blobs/sha256"));

        String listed = stdout(Command.of("tar", "--zstd", "--numeric-owner", "-tvf", layer));
        assertThat(listed)
                .contains("-r--r----- 107/107")
                .contains(" " + disk.length + " ")
                .endsWith(" disk/disk.img");
        Command.of("tar", "--zstd", "--no-same-owner", "-xf", layer, "-C", directory)
                .run()
                .succeeded();
        Bytes.assertSame("the disk in the archive", Files.readAllBytes(directory.resolve("disk/disk.img")), disk);
    }

    @Test
    void oras_pulls_the_KubeVirt_artifact_and_zstd_makes_the_raw_disk_of_it(@TempDir Path directory) throws Exception {
        Command.of(Given.oras(), "pull", "--plain-http", "-o", directory)
                .and(server.address() + "/vms/guest@"
                        + face(KUBEVIRT).path("digest").asText())
                .run()
                .succeeded();
        Command.of("zstd", "-d", directory.resolve("disk.img.zst")).run().succeeded();

        Bytes.assertSame("the KubeVirt disk", Files.readAllBytes(directory.resolve("disk.img")), disk);
    }

    @Test
    void the_faces_cost_little_and_outlive_collections_and_a_crash() throws Exception {
        Path store = server.data().resolve("store");
        long stored =
                server.http().get(image.imagePath()).json().path("storedSize").asLong();
        assertThat(bytesIn(store)).isLessThan(stored + stored / 50 + 64 * 1024);

        server.dvcr().run("gc", "--grace", "PT0S").succeeded();
        server.kill();
        server.restart();
        for (int i = 0; i < 3; i++) {
            server.dvcr().run("gc", "--grace", "PT0S").succeeded();
        }
        for (int face : new int[] {KUBEVIRT, CONTAINER_DISK}) {
            JsonNode manifest = server.http()
                    .get("/v2/vms/guest/manifests/" + face(face).path("digest").asText())
                    .json();
            String digest = manifest.path("layers").get(0).path("digest").asText();
            assertThat(Bytes.digest(
                            server.http().get("/v2/vms/guest/blobs/" + digest).body()))
                    .isEqualTo(digest);
        }
        Bytes.assertSame("the disk", image.raw(), disk);
    }

    @Test
    void rm_frees_everything() throws Exception {
        Artifact other = new Artifact(server, "other/guest", "1");
        Path source = Given.image("guest.qcow2");
        try (WebServer web = WebServer.start()) {
            server.dvcr()
                    .run("import", web.serve("guest.qcow2", source), other.reference())
                    .succeeded();
        }
        server.dvcr().run("rm", other.reference()).succeeded();
        for (int i = 0; i < 3; i++) {
            server.dvcr().run("gc", "--grace", "PT0S").succeeded();
        }

        assertThat(server.data().resolve("store/repositories/other")).doesNotExist();
        Bytes.assertSame("the disk of the other repository", image.raw(), disk);
    }

    @Test
    void the_containerDisk_can_be_left_out() throws Exception {
        Artifact without = new Artifact(server, "vms/without", "1");
        try (WebServer web = WebServer.start()) {
            server.dvcr()
                    .run(
                            "import",
                            "--no-container-disk",
                            web.serve("guest.qcow2", Given.image("guest.qcow2")),
                            without.reference())
                    .succeeded();
        }

        assertThat(server.http()
                        .get("/v2/vms/without/manifests/1")
                        .json()
                        .path("manifests")
                        .findValuesAsText("io.dvcr.artifact-type"))
                .containsExactly("application/vnd.dvcr.disk.v1", "application/vnd.kubevirt.virtualmachine.v1");
    }

    private static JsonNode face(int number) throws Exception {
        return server.http()
                .get("/v2/vms/guest/manifests/1")
                .json()
                .path("manifests")
                .get(number);
    }

    private static Path largest(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.max((one, two) ->
                            Long.compare(one.toFile().length(), two.toFile().length()))
                    .orElseThrow();
        }
    }

    private static long bytesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static String stdout(Command command) throws Exception {
        return command.run().succeeded().stdout().strip();
    }
}
