package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Imports;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.SmallDisk;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The disk is full: that is told, nothing is lost, and all goes on when there is room again. */
@EndToEnd
@Timeout(120)
class FullDiskIT {
    private static final int DISK_MEGABYTES = 128;
    private static final long NEARLY_NOTHING = 100_000;
    private static final String REPOSITORY = "/v2/full/disk";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final byte[] large = Bytes.random(new Random(1), 4_000_000);
    private SmallDisk disk;
    private DvcrServer server;

    @BeforeEach
    void start() throws Exception {
        disk = SmallDisk.mount(DISK_MEGABYTES);
        server = DvcrServer.registryOn(disk);
    }

    @AfterEach
    void stop() throws IOException {
        try (SmallDisk _ = disk;
                DvcrServer _ = server) {}
    }

    @Test
    void pushes_are_refused_until_there_is_room_and_what_is_stored_is_served() throws Exception {
        byte[] small = Bytes.random(new Random(2), 300_000);
        assertThat(push(small).status()).isEqualTo(201);
        byte[] manifest = manifest(small);
        assertThat(put(manifest).status()).isEqualTo(201);
        disk.fillUpTo(NEARLY_NOTHING);

        assertFull(push(large));
        Bytes.assertSame("the blob", server.http().get(blob(small)).body(), small);
        Bytes.assertSame(
                "the manifest", server.http().get(REPOSITORY + "/manifests/1").body(), manifest);
        assertThat(DirectoryTree.entries(server.data().resolve("store/.tmp"))).isEmpty();
        assertThat(DirectoryTree.entries(server.data().resolve("store/uploads")))
                .isEmpty();

        disk.makeRoom();
        assertThat(push(large).status()).isEqualTo(201);
        Bytes.assertSame("the blob", server.http().get(blob(large)).body(), large);
    }

    @Test
    void an_upload_keeps_what_was_acknowledged_and_goes_on_when_there_is_room() throws Exception {
        String location =
                server.http().post(REPOSITORY + "/blobs/uploads/", new byte[0]).header("Location");
        int half = large.length / 2;
        assertThat(server.http().patch(location, Arrays.copyOf(large, half)).status())
                .isEqualTo(202);
        disk.fillUpTo(NEARLY_NOTHING);
        byte[] rest = Arrays.copyOfRange(large, half, large.length);
        assertFull(server.http().patch(location, rest));
        assertFull(server.http().put(location + "?digest=" + Bytes.digest(large), rest));

        Answer progress = server.http().get(location);
        assertThat(progress.status()).isEqualTo(204);
        int stored = Integer.parseInt(progress.header("Range").substring("0-".length())) + 1;
        assertThat(stored).isBetween(half, large.length - 1);

        disk.makeRoom();
        Answer finished = server.http()
                .put(location + "?digest=" + Bytes.digest(large), Arrays.copyOfRange(large, stored, large.length));
        assertThat(finished.status()).as(finished.toString()).isEqualTo(201);
        Bytes.assertSame("the blob", server.http().get(blob(large)).body(), large);
    }

    @Test
    void garbage_can_be_collected_and_makes_room() throws Exception {
        assertThat(push(large).status()).isEqualTo(201);
        disk.fillUpTo(NEARLY_NOTHING);
        assertFull(push(Bytes.random(new Random(3), 2_000_000)));

        long freed = 0;
        for (int collection = 0; collection < 3; collection++) {
            Answer report = server.http().post("/api/v1/gc?grace=PT0S", new byte[0]);
            assertThat(report.status()).as(report.toString()).isEqualTo(200);
            freed += report.json().path("freedBytes").asLong();
        }
        assertThat(freed).isEqualTo(large.length);
        assertThat(push(Bytes.random(new Random(3), 1_000_000)).status()).isEqualTo(201);
    }

    @Test
    void an_import_fails_with_a_clear_code_and_succeeds_when_there_is_room() throws Exception {
        try (WebServer web = WebServer.start()) {
            Imports imports = new Imports(server);
            var qcow2 = web.serve("guest.qcow2", Given.image("guest.qcow2"));
            var raw = web.serve("guest.raw", Given.image("guest.raw"));
            disk.fillUpTo(3_000_000); // into which no scratch file fits, and not every pack
            assertStorageFull(imports.awaitEnd(imports.submit(qcow2, "full/disk:qcow2")));
            assertStorageFull(imports.awaitEnd(imports.submit(raw, "full/disk:raw")));
            assertThat(server.dvcr()
                            .run("import", raw, "full/disk:raw")
                            .failedWith(1)
                            .stderr())
                    .contains("storage is full", "STORAGE_FULL");
            assertThat(server.http().get("/v2/full/disk/manifests/raw").status())
                    .isEqualTo(404);
            assertThat(DirectoryTree.entries(server.data().resolve("scratch"))).isEmpty();
            assertThat(DirectoryTree.entries(server.data().resolve("store/.tmp")))
                    .isEmpty();

            disk.makeRoom();
            imports.awaitSuccess(imports.submit(qcow2, "full/disk:qcow2"));
            imports.awaitSuccess(imports.submit(raw, "full/disk:raw"));
            Bytes.assertSame(
                    "the disk",
                    server.http()
                            .get("/api/v1/images/full/disk/raw/disk?format=raw")
                            .body(),
                    Files.readAllBytes(Given.image("guest.raw")));
        }
    }

    @Test
    void a_server_starts_and_serves_on_a_full_disk() throws Exception {
        assertThat(push(large).status()).isEqualTo(201);
        disk.fillUpTo(0);
        server.kill();
        server.restart();

        Bytes.assertSame("the blob", server.http().get(blob(large)).body(), large);
        assertFull(push(new byte[] {1}));
    }

    private static void assertFull(Answer answer) throws IOException {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(507);
        assertThat(answer.errorCode()).isEqualTo("STORAGE_FULL");
    }

    private static void assertStorageFull(JsonNode job) {
        assertThat(job.path("phase").asText()).as(job.toString()).isEqualTo("Failed");
        assertThat(job.path("error").path("code").asText()).as(job.toString()).isEqualTo("STORAGE_FULL");
    }

    private Answer push(byte[] content) throws IOException, InterruptedException {
        return server.http().post(REPOSITORY + "/blobs/uploads/?digest=" + Bytes.digest(content), content);
    }

    private Answer put(byte[] manifest) throws IOException, InterruptedException {
        return server.http().put(REPOSITORY + "/manifests/1", manifest, "Content-Type", MANIFEST);
    }

    private static String blob(byte[] content) {
        return REPOSITORY + "/blobs/" + Bytes.digest(content);
    }

    private static byte[] manifest(byte[] layer) {
        return ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                        + OciLayout.descriptor("application/octet-stream", layer) + ",\"layers\":[]}")
                .getBytes(UTF_8);
    }
}
