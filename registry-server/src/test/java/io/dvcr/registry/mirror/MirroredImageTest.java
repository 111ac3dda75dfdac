package io.dvcr.registry.mirror;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks of a mirrored registry: of them only what is read is fetched. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class MirroredImageTest {
    private static final int MIB = 1 << 20;
    private static final byte[] DISK = MirrorBench.bytes(48 * MIB, 3);
    private static final String PATH = "/api/v1/images/hub/vms/disk/1";

    private MirrorBench bench;

    @BeforeEach
    void start(@TempDir Path directory) throws IOException {
        bench = new MirrorBench(directory, Duration.ofHours(1));
        assertThat(bench.origin().importDisk("vms/disk:1", DISK).path("phase").asText())
                .isEqualTo("Succeeded");
    }

    @AfterEach
    void stop() throws IOException {
        bench.close();
    }

    @Test
    void a_disk_is_read_where_it_is_mirrored_and_only_what_is_read_is_fetched() throws IOException {
        assertThat(json(bench.edge().get(PATH)).path("virtualSize").asLong()).isEqualTo(DISK.length);
        String range = "bytes=" + 30 * MIB + "-" + (30 * MIB + 4095);
        HttpResponse<byte[]> part = bench.edge().get(PATH + "/disk?format=raw", "Range", range);
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(DISK, 30 * MIB, 30 * MIB + 4096));
        assertThat(bench.proxy().blobBytes()).isLessThan(2L * MIB);

        bench.proxy().down(true);
        assertThat(bench.edge().get(PATH + "/disk?format=raw", "Range", range).body())
                .isEqualTo(part.body());
        bench.proxy().down(false);
        assertThat(bench.edge().get(PATH + "/disk?format=raw").body()).isEqualTo(DISK);
        assertThat(bench.proxy().blobBytes()).isBetween(48L * MIB, 52L * MIB);
    }

    @Test
    void nothing_is_imported_to_a_mirrored_repository() throws IOException {
        HttpResponse<byte[]> reply = bench.edge().requestImport("hub/vms/disk:2", URI.create("http://127.0.0.1:1/x"));
        assertProblem(reply, 403, "hub/vms/disk is another registry's");
    }

    @Test
    void a_disk_that_is_not_there_is_not_here() throws IOException {
        assertThat(bench.edge().get("/api/v1/images/hub/vms/disk/2").statusCode())
                .isEqualTo(404);
        assertThat(TestServer.text(bench.edge().get("/api/v1/images"))).doesNotContain("hub/");
    }
}
