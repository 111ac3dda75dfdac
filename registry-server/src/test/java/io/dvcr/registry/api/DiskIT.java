package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.converters.qemu.Command;
import io.dvcr.converters.qemu.Limits;
import io.dvcr.converters.qemu.Outcome;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.converters.qemu.Subprocess;
import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** qcow2 in and out over HTTP, with a real QEMU. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DiskIT {
    private static final Limits LIMITS =
            new Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), 4L << 30, 1L << 30, 1000);

    @TempDir
    private Path directory;

    @Test
    void a_qcow2_is_imported_and_downloaded_as_raw_and_as_qcow2_in_parts() throws IOException {
        byte[] disk = new byte[8 << 20];
        new Random(1).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 6 << 20, (byte) 0);
        Path raw = Files.write(directory.resolve("disk.raw"), disk);
        Path source = directory.resolve("source.qcow2");
        convert("raw", raw, "qcow2", source);

        QemuTools qemu = QemuTools.on(System.getenv("PATH"));
        try (TestServer server = TestServer.start(directory.resolve("data"), qemu)) {
            JsonNode job = server.importDisk("vms/debian:12", Files.readAllBytes(source));
            assertThat(job.path("image").path("format").asText())
                    .as(job.toString())
                    .isEqualTo("qcow2");
            assertThat(server.get("/api/v1/images/vms/debian/12/disk").body()).isEqualTo(disk);

            String path = "/api/v1/images/vms/debian/12/disk?format=qcow2";
            HttpResponse<byte[]> head = server.send("HEAD", path);
            HttpResponse<byte[]> whole = server.get(path);
            assertThat(whole.statusCode()).isEqualTo(200);
            assertThat(header(head, "Content-Length")).isEqualTo("" + whole.body().length);
            assertThat(header(head, "ETag")).isEqualTo(header(whole, "ETag"));
            assertThat(header(whole, "ETag"))
                    .isNotEqualTo(header(server.send("HEAD", "/api/v1/images/vms/debian/12/disk"), "ETag"));
            HttpResponse<byte[]> part = server.get(path, "Range", "bytes=70000-");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole.body(), 70_000, whole.body().length));

            Path downloaded = Files.write(directory.resolve("downloaded.qcow2"), whole.body());
            Path back = directory.resolve("back.raw");
            convert("qcow2", downloaded, "raw", back);
            assertThat(Files.readAllBytes(back)).isEqualTo(disk);
        }
    }

    @ParameterizedTest
    @CsvSource({"vmdk, vmdk", "vdi, vdi", "vhd, vpc", "vhdx, vhdx"})
    void a_disk_is_downloaded_in_other_formats_by_several_at_once(String format, String driver) throws Exception {
        byte[] disk = new byte[4 << 20];
        new Random(2).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 3 << 20, (byte) 0);
        QemuTools qemu = QemuTools.on(System.getenv("PATH"));
        try (TestServer server = TestServer.start(directory.resolve("data"), qemu);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            server.importDisk("vms/debian:12", disk);
            List<Future<byte[]>> clients = IntStream.range(0, 4)
                    .mapToObj(_ -> threads.submit(() -> server.get("/api/v1/images/vms/debian/12/disk?format=" + format)
                            .body()))
                    .toList();

            Path downloaded =
                    Files.write(directory.resolve("disk"), clients.getFirst().get());
            Path back = directory.resolve("back.raw");
            convert(driver, downloaded, "raw", back);
            assertThat(Files.readAllBytes(back)).isEqualTo(disk);
            for (Future<byte[]> client : clients) {
                assertThat(client.get()).isEqualTo(clients.getFirst().get());
            }
        }
    }

    private static void convert(String fromFormat, Path from, String toFormat, Path to) throws IOException {
        List<String> words = Stream.of("qemu-img", "convert", "-f", fromFormat, "-O", toFormat, from, to)
                .map(Object::toString)
                .toList();
        assertThat(Subprocess.run(new Command(words), LIMITS)).isInstanceOf(Outcome.Succeeded.class);
    }
}
