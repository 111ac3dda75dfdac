package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.Containerd;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.Dvcr;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.ForeignRegistry;
import io.dvcr.e2e.fixture.Http;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.TcpGate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A registry at the edge that mirrors another: Debian's docker-registry, or one like itself. */
@EndToEnd
@Timeout(300)
class MirrorsIT {
    private static final int MIB = 1 << 20;
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = DirectoryTree.temporary();
    }

    @AfterEach
    void removeDirectory() throws IOException {
        DirectoryTree.delete(directory);
    }

    private DvcrServer edgeOf(TcpGate gate) throws Exception {
        return DvcrServer.registry(Files.writeString(directory.resolve("edge.yaml"), """
                mirrors:
                  registries:
                    - prefix: hub
                      host: %s
                      tagLifetime: 0s
                """.formatted(gate.host())));
    }

    /** At {@code registry}, as {@code team/app:1}. */
    private void pushImage(URI registry) throws Exception {
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from upstream");
        Command.of("skopeo", "copy", "--preserve-digests", "--dest-tls-verify=false", image.skopeoName())
                .and("docker://" + registry.getAuthority() + "/team/app:1")
                .run()
                .succeeded();
    }

    @Test
    void podman_and_skopeo_pull_through_the_edge_and_go_on_when_the_registry_is_gone() throws Exception {
        try (ForeignRegistry origin = ForeignRegistry.start();
                TcpGate gate = TcpGate.before(origin.url());
                DvcrServer edge = edgeOf(gate)) {
            pushImage(origin.url());
            Path registries = Files.writeString(directory.resolve("registries.conf"), """
                    [[registry]]
                    location = "registry.example"

                    [[registry.mirror]]
                    location = "%s/hub"
                    insecure = true
                    """.formatted(edge.address()));
            Command podman = Command.of("podman", "--root", directory.resolve("root"), "--storage-driver=vfs")
                    .and("--runroot", directory.resolve("run"), "--tmpdir", directory.resolve("tmp"))
                    .with("CONTAINERS_REGISTRIES_CONF", registries);
            podman.and("pull", "registry.example/team/app:1").run().succeeded();
            podman.and("rmi", "--all", "--force").run().succeeded();
            gate.shut();
            podman.and("pull", "registry.example/team/app:1").run().succeeded();
            Command.of("skopeo", "copy", "--src-tls-verify=false", "--preserve-digests")
                    .and("docker://" + edge.address() + "/hub/team/app:1", "oci:" + directory.resolve("back"))
                    .run()
                    .succeeded();
            assertThat(OciLayout.blobs(directory.resolve("back")))
                    .isEqualTo(OciLayout.blobs(directory.resolve("image")));
            Command.of("skopeo", "copy", "--dest-tls-verify=false", "oci:" + directory.resolve("back"))
                    .and("docker://" + edge.address() + "/hub/team/app:2")
                    .run()
                    .failedWith(1);
            assertThat(edge.dvcr().run("mirrors").succeeded().stdout()).contains("hub", gate.host());
        }
    }

    @Test
    void containerd_pulls_by_its_hosts_file() throws Exception {
        try (ForeignRegistry origin = ForeignRegistry.start();
                TcpGate gate = TcpGate.before(origin.url());
                DvcrServer edge = edgeOf(gate);
                Containerd containerd = Containerd.start()) {
            pushImage(origin.url());
            Path hosts = Files.createDirectories(directory.resolve("certs.d").resolve(gate.host()));
            Files.writeString(hosts.resolve("hosts.toml"), """
                    server = "http://192.0.2.1:1"

                    [host."%s"]
                      capabilities = ["pull", "resolve"]
                    """.formatted(edge.url()));
            Command pull = containerd.ctr(
                    "images",
                    "pull",
                    "--snapshotter=native",
                    "--hosts-dir",
                    directory.resolve("certs.d"),
                    gate.host() + "/team/app:1");
            pull.run().succeeded();
            containerd
                    .ctr("images", "rm", "--sync", gate.host() + "/team/app:1")
                    .run()
                    .succeeded();
            gate.shut();
            pull.run().succeeded();
        }
    }

    @Test
    void an_edge_that_is_killed_while_a_blob_comes_goes_on_with_it() throws Exception {
        byte[] content = Bytes.random(new Random(1), 40 * MIB);
        try (ForeignRegistry origin = ForeignRegistry.start();
                TcpGate gate = TcpGate.before(origin.url());
                DvcrServer edge = edgeOf(gate)) {
            String digest = Bytes.digest(content);
            push(new Http(origin.url()), content, digest);
            String path = "/v2/hub/team/app/blobs/" + digest;
            gate.holdAfter(20 * MIB);
            CompletableFuture<Http.Answer> first = CompletableFuture.supplyAsync(() -> get(edge.http(), path));
            Eventually.holds("half a blob", DEADLINE, () -> stored(edge) >= 16L * MIB);
            edge.kill();
            assertThat(first).failsWithin(DEADLINE);
            gate.release();
            long before = gate.bytes();
            edge.restart();
            Bytes.assertSame("the blob", edge.http().get(path).body(), content);
            assertThat(gate.bytes() - before).isLessThan(28L * MIB);
            assertThat(stored(edge)).isEqualTo(content.length);
            try (Stream<Path> temporary = Files.list(edge.data().resolve("store/.tmp"))) {
                assertThat(temporary).isEmpty();
            }
        }
    }

    private static Http.Answer get(Http http, String path) {
        try {
            return http.get(path);
        } catch (IOException | InterruptedException e) {
            throw new CompletionException(e);
        }
    }

    private static void push(Http registry, byte[] content, String digest) throws Exception {
        Http.Answer begun = registry.post("/v2/team/app/blobs/uploads/", new byte[0]);
        String location = begun.header("Location");
        String separator = location.contains("?") ? "&" : "?";
        String type = "application/octet-stream";
        assertThat(registry.put(location + separator + "digest=" + digest, content, "Content-Type", type)
                        .status())
                .isEqualTo(201);
    }

    /** What the edge has of blobs of others, in bytes. */
    private static long stored(DvcrServer edge) throws IOException {
        Path blobs = edge.data().resolve("store/mirror/blobs");
        if (!Files.exists(blobs)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(blobs)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    @Test
    void a_disk_of_another_dvcr_is_pulled_and_read_through_the_edge() throws Exception {
        byte[] disk = Bytes.random(new Random(2), 64 * MIB);
        Arrays.fill(disk, 20 * MIB, 40 * MIB, (byte) 0);
        Path raw = Files.write(directory.resolve("disk.raw"), disk);
        try (DvcrServer origin = DvcrServer.registry();
                TcpGate gate = TcpGate.before(origin.url());
                DvcrServer edge = edgeOf(gate)) {
            origin.dvcr().run("push", raw, "vms/disk:1").succeeded();
            Dvcr dvcr = edge.dvcr();
            Http.Answer part = edge.http()
                    .get("/api/v1/images/hub/vms/disk/1/disk?format=raw", "Range", "bytes=52428800-52494335");
            Bytes.assertSame("64 KiB of the disk", part.body(), Arrays.copyOfRange(disk, 50 * MIB, 50 * MIB + 65536));
            assertThat(gate.bytes()).isLessThan(2L * MIB);

            Path back = directory.resolve("back.raw");
            dvcr.run("pull", "hub/vms/disk:1", "-o", back).succeeded();
            Bytes.assertSame("the disk", Files.readAllBytes(back), disk);
            assertThat(gate.bytes()).isBetween(44L * MIB, 48L * MIB);

            gate.shut();
            dvcr.run("pull", "hub/vms/disk:1", "-o", back, "--force").succeeded();
            Bytes.assertSame("the disk again", Files.readAllBytes(back), disk);
        }
    }
}
