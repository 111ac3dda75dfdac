package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.OciLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A blob rots on disk: an operator is told, nobody is served it, and a push makes it good. */
@EndToEnd
@Timeout(120)
class ScrubIT {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private final byte[] blob = Bytes.random(new Random(4), 1_000_000);
    private final String path = "/v2/rotten/image/blobs/" + Bytes.digest(blob);
    private DvcrServer server;

    @BeforeEach
    void start() throws Exception {
        server = DvcrServer.registry();
        server.dvcr().run("scrub", "--wait").succeeded(); // the one that every new store begins with
        push();
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                        + OciLayout.descriptor("application/octet-stream", blob) + ",\"layers\":[]}")
                .getBytes(UTF_8);
        assertThat(server.http()
                        .put("/v2/rotten/image/manifests/1", manifest, "Content-Type", MANIFEST)
                        .status())
                .isEqualTo(201);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void a_rotten_blob_is_told_and_not_served_until_it_is_pushed_again() throws Exception {
        assertThat(server.dvcr().run("scrub", "--wait").succeeded().stdout()).contains("corrupt       0");

        rot();
        assertThat(server.dvcr().run("scrub", "--wait").failedWith(1).stdout())
                .contains("corrupt       1", "missing       1", Bytes.digest(blob), "rotten/image@sha256:");
        assertThat(server.http().head(path).status()).isEqualTo(404);
        assertThat(server.http().get(path).status()).isEqualTo(404);
        assertThat(server.http().get("/api/v1/scrub").json().path("phase").asText())
                .isEqualTo("Ended");

        push();
        Bytes.assertSame("the blob", server.http().get(path).body(), blob);
        server.dvcr().run("scrub", "--wait").succeeded();
    }

    @Test
    void a_report_outlives_a_restart() throws Exception {
        rot();
        server.dvcr().run("scrub", "--wait").failedWith(1);
        String before = server.http().get("/api/v1/scrub").text();
        server.kill();
        server.restart();

        assertThat(server.http().get("/api/v1/scrub").text()).isEqualTo(before);
    }

    private void push() throws Exception {
        assertThat(server.http()
                        .post("/v2/rotten/image/blobs/uploads/?digest=" + Bytes.digest(blob), blob)
                        .status())
                .isEqualTo(201);
    }

    /** One bit of the file flips, and as on a disk that fails, nothing else of it changes: not its time either. */
    private void rot() throws IOException {
        String hex = Bytes.digest(blob).substring("sha256:".length());
        Path file = server.data().resolve("store/blobs/sha256/" + hex.substring(0, 2) + "/" + hex);
        FileTime modified = Files.getLastModifiedTime(file);
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content, StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file, modified);
    }
}
