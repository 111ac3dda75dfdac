package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.Dvcr;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.ForeignRegistry;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Qemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are imported from Debian's docker-registry, where oras and skopeo put them. */
@EndToEnd
@Timeout(180)
class RegistrySourcesIT {
    @TempDir
    private Path directory;

    private DvcrServer server;
    private ForeignRegistry foreign;
    private Dvcr dvcr;
    private Path raw;

    @BeforeEach
    void start() throws Exception {
        byte[] disk = Bytes.random(new Random(1), 16 << 20);
        Arrays.fill(disk, 4 << 20, 12 << 20, (byte) 0);
        raw = Files.write(directory.resolve("disk.raw"), disk);
        server = DvcrServer.registry();
        foreign = ForeignRegistry.start();
        dvcr = server.dvcr();
    }

    @AfterEach
    void stop() throws IOException {
        foreign.close();
        server.close();
    }

    private String foreignImage(String name) {
        return foreign.url().getAuthority() + "/" + name;
    }

    private void assertImported(String from, String target) throws Exception {
        dvcr.run("import", "docker://" + foreignImage(from), target).succeeded();
        Path back = directory.resolve("back.raw");
        dvcr.run("pull", target, "-o", back, "--force").succeeded();
        Qemu.compare("raw", raw, "raw", back);
    }

    private void skopeo(String from, String to) throws Exception {
        Command.of("skopeo", "copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false")
                .and("docker://" + from, "docker://" + to)
                .run()
                .succeeded();
    }

    @ParameterizedTest
    @ValueSource(strings = {"disk.qcow2", "disk.raw", "disk.raw.gz"})
    void what_oras_pushed_is_imported(String name) throws Exception {
        Qemu.img("convert", "-f", "raw", "-O", "qcow2", raw, directory.resolve("disk.qcow2"));
        Command.of("gzip", "-k", "-1", "disk.raw").in(directory).run().succeeded();
        Command.of(Given.oras())
                .and("push", "--plain-http", foreignImage("pushed/disk:1"), name)
                .in(directory)
                .run()
                .succeeded();
        assertImported("pushed/disk:1", "vms/disk:1");
    }

    @Test
    void every_face_of_an_image_is_imported() throws Exception {
        dvcr.run("push", raw, "vms/disk:0").succeeded();
        dvcr.run("import", "docker://" + server.address() + "/vms/disk:0", "golden/disk:1")
                .succeeded();
        skopeo(server.address() + "/golden/disk:1", foreignImage("faces/disk:1"));
        assertImported("faces/disk:1", "vms/disk:1");

        JsonNode faces = server.http().get("/v2/golden/disk/manifests/1").json().path("manifests");
        assertThat(faces.size()).isEqualTo(3);
        for (JsonNode face : faces) {
            assertImported("faces/disk@" + face.path("digest").asText(), "other/disk:1");
        }
    }

    @Test
    void a_disk_of_another_registry_costs_what_is_new() throws Exception {
        Dvcr other = new Dvcr(foreign.url());
        other.run("push", raw, "vms/disk:1").succeeded();
        byte[] changed = Files.readAllBytes(raw);
        System.arraycopy(Bytes.random(new Random(2), 1 << 20), 0, changed, 1 << 20, 1 << 20);
        Files.write(raw, changed);
        other.run("push", raw, "vms/disk:2").succeeded();

        dvcr.run("import", "docker://" + foreignImage("vms/disk:1"), "vms/disk:1")
                .succeeded();
        assertImported("vms/disk:2", "vms/disk:2");
        JsonNode image = new ObjectMapper()
                .readTree(dvcr.run("inspect", "vms/disk:2").succeeded().stdout());
        assertThat(image.path("newlyStored").asLong()).isBetween(1L << 20, 2L << 20);
    }

    @Test
    void what_is_not_there_is_said_so() throws Exception {
        assertThat(dvcr.run("import", "docker://" + foreignImage("vms/disk:1"), "vms/disk:1")
                        .failedWith(1)
                        .stderr())
                .contains("cannot be pulled", "SOURCE_REGISTRY");
        assertThat(dvcr.run("import", "docker://a/b", "vms/disk:1", "--checksum", "md5:0")
                        .failedWith(1)
                        .stderr())
                .contains("--checksum is not for images in a registry");
    }
}
