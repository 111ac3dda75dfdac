package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Ceph;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.RawUpload;
import io.dvcr.e2e.fixture.WebServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A registry that keeps everything in a bucket of a real S3 server. */
@EndToEnd
@Timeout(180)
class BucketIT {
    private static Ceph ceph;

    private Path configuration;
    private DvcrServer server;

    @BeforeAll
    static void startCeph() throws Exception {
        ceph = Ceph.start();
    }

    @AfterAll
    static void stopCeph() throws Exception {
        ceph.close();
    }

    @BeforeEach
    void start() throws Exception {
        configuration = ceph.configuration("");
        server = DvcrServer.registry(configuration);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void oras_and_skopeo_get_back_what_they_pushed_after_a_crash_and_without_the_data_directory(@TempDir Path directory)
            throws Exception {
        byte[] content = Bytes.random(new Random(1), 20_000_003);
        Files.write(directory.resolve("disk.bin"), content);
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from a bucket");
        oras("push", server.address() + "/files/disk:1")
                .and("disk.bin:text/plain")
                .in(directory)
                .run()
                .succeeded();
        skopeo("--dest-tls-verify=false", image.skopeoName(), skopeoName());

        server.kill();
        DirectoryTree.delete(server.data());
        server.restart();

        oras("pull", server.address() + "/files/disk:1")
                .and("-o", directory.resolve("pulled"))
                .run()
                .succeeded();
        Bytes.assertSame("the file", Files.readAllBytes(directory.resolve("pulled/disk.bin")), content);
        skopeo("--src-tls-verify=false", skopeoName(), "oci:" + directory.resolve("back"));
        assertThat(OciLayout.blobs(directory.resolve("back"))).isEqualTo(OciLayout.blobs(directory.resolve("image")));
    }

    private String skopeoName() {
        return "docker://" + server.address() + "/images/skopeo:1";
    }

    private static void skopeo(String tls, String from, String to) throws Exception {
        Command.of("skopeo", "copy", "--preserve-digests", tls, from, to).run().succeeded();
    }

    @Test
    void an_image_is_imported_downloaded_removed_and_collected() throws Exception {
        try (WebServer web = WebServer.start()) {
            Artifact image = new Artifact(server, "vms/guest", "1");
            server.dvcr()
                    .run("import", web.serve("guest.raw", Given.image("guest.raw")), image.reference())
                    .succeeded();
            Bytes.assertSame(
                    "the disk",
                    server.http()
                            .get("/api/v1/images/vms/guest/1/disk?format=raw")
                            .body(),
                    Files.readAllBytes(Given.image("guest.raw")));

            String checked = server.dvcr()
                    .run("store", "check", "--config", configuration)
                    .succeeded()
                    .stdout();
            assertThat(checked).contains("tags", "faults").doesNotContain("FINDING");

            server.dvcr().run("rm", image.reference()).succeeded();
            collect();
            collect();
            assertThat(collect()).contains("left          0 (0 B)");
        }
    }

    private String collect() throws Exception {
        return server.dvcr().run("gc", "--grace", "PT0S").succeeded().stdout();
    }

    @Test
    void acknowledged_chunks_outlive_the_server_and_the_upload_is_finished() throws Exception {
        Random random = new Random(2);
        byte[] blob = Bytes.random(random, 30_000_000);
        String location = server.http()
                .post("/v2/killed/push/blobs/uploads/", new byte[0])
                .header("Location");
        assertThat(patch(location, blob, 0, 11_000_000).status()).isEqualTo(202);
        assertThat(patch(location, blob, 11_000_000, 11_000_100).status()).isEqualTo(202);
        try (RawUpload cut = RawUpload.begin(server.url(), location, 11_000_100, blob.length - 11_000_100)) {
            cut.send(Arrays.copyOfRange(blob, 11_000_100, 25_000_000));
            server.kill();
        }
        server.restart();

        Answer progress = server.http().get(location);
        int stored = Integer.parseInt(progress.header("Range").substring("0-".length())) + 1;
        assertThat(stored).isBetween(11_000_100, 25_000_000);
        assertThat(patch(location, blob, stored, blob.length).status()).isEqualTo(202);
        String digest = Bytes.digest(blob);
        assertThat(server.http()
                        .put(location + "?digest=" + digest, new byte[0])
                        .status())
                .isEqualTo(201);
        Bytes.assertSame(
                "the blob", server.http().get("/v2/killed/push/blobs/" + digest).body(), blob);
    }

    private Answer patch(String location, byte[] blob, int start, int end) throws Exception {
        return server.http()
                .patch(location, Arrays.copyOfRange(blob, start, end), "Content-Range", start + "-" + (end - 1));
    }

    @Test
    void while_the_bucket_does_not_answer_the_server_is_not_ready_and_says_when_to_try_again() throws Exception {
        byte[] blob = Bytes.random(new Random(3), 100_000);
        String path = "/v2/outage/blobs/" + Bytes.digest(blob);
        assertThat(server.http()
                        .post("/v2/outage/blobs/uploads/?digest=" + Bytes.digest(blob), blob)
                        .status())
                .isEqualTo(201);
        ceph.suspendGateway();
        try {
            assertThat(server.http().get("/readyz").status()).isEqualTo(503);
            Answer refused = server.http().post("/v2/outage/blobs/uploads/", new byte[0]);
            assertThat(refused.status()).as(refused.toString()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotBlank();
        } finally {
            ceph.resumeGateway();
        }
        Bytes.assertSame("the blob", server.http().get(path).body(), blob);
        Eventually.holds(
                "a server that is ready",
                Duration.ofSeconds(30),
                () -> server.http().get("/readyz").status() == 200);
    }

    @Test
    void clients_of_some_networks_are_sent_to_the_bucket_and_read_from_there(@TempDir Path directory) throws Exception {
        byte[] content = Bytes.random(new Random(4), 10_000_000);
        Files.write(directory.resolve("disk.bin"), content);
        try (DvcrServer redirecting = DvcrServer.registry(ceph.configuration("registry: {redirects: [127.0.0.0/8]}"))) {
            String name = redirecting.address() + "/files/redirected:1";
            oras("push", name).and("disk.bin:text/plain").in(directory).run().succeeded();
            oras("pull", name).and("-o", directory.resolve("pulled")).run().succeeded();

            Bytes.assertSame("the file", Files.readAllBytes(directory.resolve("pulled/disk.bin")), content);
            Answer answer = redirecting.http().get("/v2/files/redirected/blobs/" + Bytes.digest(content));
            assertThat(answer.status()).isEqualTo(307);
            assertThat(answer.header("Location")).contains("X-Amz-Signature=");
        }
    }

    private static Command oras(String verb, String name) {
        return Command.of(Given.oras(), verb, "--plain-http", name);
    }

    @Test
    void a_registry_moves_from_files_to_a_bucket(@TempDir Path directory) throws Exception {
        byte[] content = Bytes.random(new Random(5), 3_000_000);
        Files.write(directory.resolve("disk.bin"), content);
        Path to = ceph.configuration("    prefix: moved/");
        Path from = Files.writeString(directory.resolve("from.yaml"), "data: " + directory.resolve("data") + "\n");
        try (DvcrServer files = DvcrServer.registry()) {
            oras("push", files.address() + "/files/moved:1")
                    .and("disk.bin:text/plain")
                    .in(directory)
                    .run()
                    .succeeded();
            files.kill();
            Files.move(files.data(), directory.resolve("data"));
        }
        server.dvcr().run("store", "copy", from, to).succeeded();

        try (DvcrServer moved = DvcrServer.registry(to)) {
            oras("pull", moved.address() + "/files/moved:1")
                    .and("-o", directory.resolve("pulled"))
                    .run()
                    .succeeded();
        }
        Bytes.assertSame("the file", Files.readAllBytes(directory.resolve("pulled/disk.bin")), content);
    }
}
