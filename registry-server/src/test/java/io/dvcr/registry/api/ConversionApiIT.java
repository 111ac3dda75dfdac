package io.dvcr.registry.api;

import static io.dvcr.registry.TestServer.assertProblem;
import static io.dvcr.registry.TestServer.header;
import static io.dvcr.registry.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.registry.TestServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /api/v1/conversions}, with a real qemu-img that a test can hold back. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConversionApiIT {
    private static final byte[] DISK = disk();

    @TempDir
    private Path directory;

    private Path go;
    private QemuTools slow;

    private static byte[] disk() {
        byte[] disk = new byte[4 << 20];
        new Random(5).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 3 << 20, (byte) 0);
        return disk;
    }

    @BeforeEach
    void holdQemuBack() throws IOException {
        QemuTools real = QemuTools.on(System.getenv("PATH"));
        go = directory.resolve("go");
        Path waits = Files.writeString(
                directory.resolve("qemu-img"),
                "#!/bin/sh\nwhile [ ! -e " + go + " ]; do /bin/sleep 0.01; done\nexec " + real.qemuImg() + " \"$@\"\n");
        Files.setPosixFilePermissions(waits, PosixFilePermissions.fromString("rwxr-xr-x"));
        slow = new QemuTools(waits, new Account.Own());
    }

    private void goOn() throws IOException {
        Files.createFile(go);
    }

    private TestServer start() throws IOException {
        TestServer server = TestServer.start(directory.resolve("data"), slow);
        server.importDisk("vms/debian:12", DISK);
        return server;
    }

    private static HttpResponse<byte[]> begin(TestServer server, String image, String format) throws IOException {
        String request = "{\"image\":\"%s\",\"format\":\"%s\"}".formatted(image, format);
        return server.send("POST", "/api/v1/conversions", request.getBytes(UTF_8));
    }

    private static JsonNode awaitEnd(TestServer server, String path) throws IOException {
        while (true) {
            JsonNode now = json(server.get(path));
            if (!Set.of("Pending", "Running").contains(now.path("phase").asText())) {
                return now;
            }
            TestServer.pause();
        }
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("data/converted"))) {
            return files.count();
        }
    }

    @Test
    void a_conversion_is_asked_for_watched_and_downloaded() throws IOException {
        try (TestServer server = start()) {
            HttpResponse<byte[]> accepted = begin(server, "vms/debian:12", "qcow2");
            assertThat(accepted.statusCode()).isEqualTo(202);
            String path = header(accepted, "Location");
            assertThat(json(accepted).path("phase").asText()).isIn("Pending", "Running");
            assertThat(json(accepted).path("percent").asInt()).isZero();
            assertThat(header(begin(server, "vms/debian:12", "qcow2"), "Location"))
                    .as("the same again")
                    .isEqualTo(path);
            assertThat(header(begin(server, "vms/debian:12", "vdi"), "Location"))
                    .isNotEqualTo(path);
            goOn();

            JsonNode ended = awaitEnd(server, path);
            assertThat(ended.path("phase").asText()).as(ended.toString()).isEqualTo("Succeeded");
            assertThat(ended.path("percent").asInt()).isEqualTo(100);
            assertThat(ended.path("image").asText()).isEqualTo("vms/debian:12");
            byte[] disk = server.get(ended.path("disk").asText()).body();
            assertThat(ended.path("size").asLong()).isEqualTo(disk.length);
            assertThat(disk).startsWith('Q', 'F', 'I', 0xfb);
            assertThat(json(server.get("/api/v1/conversions")).path("conversions"))
                    .hasSize(2);
        }
    }

    @Test
    void what_is_under_way_goes_on_after_a_restart_and_what_has_ended_is_still_known() throws IOException {
        String running;
        String waiting;
        String cancelled;
        try (TestServer server = start()) {
            running = header(begin(server, "vms/debian:12", "qcow2"), "Location");
            begin(server, "vms/debian:12", "vdi");
            waiting = header(begin(server, "vms/debian:12", "vhdx"), "Location");
            cancelled = header(begin(server, "vms/debian:12", "vmdk"), "Location");
            assertThat(server.send("DELETE", cancelled).statusCode()).isEqualTo(202);
            while (!json(server.get(running)).path("phase").asText().equals("Running")) {
                TestServer.pause();
            }
        }
        goOn();
        try (TestServer server = TestServer.start(directory.resolve("data"), slow)) {
            assertThat(awaitEnd(server, running).path("phase").asText()).isEqualTo("Succeeded");
            assertThat(awaitEnd(server, waiting).path("phase").asText()).isEqualTo("Succeeded");
            assertThat(json(server.get(cancelled)).path("phase").asText()).isEqualTo("Cancelled");
        }
        try (TestServer server = TestServer.start(directory.resolve("data"), slow)) {
            JsonNode known = json(server.get(running));
            assertThat(known.path("phase").asText()).isEqualTo("Succeeded");
            assertThat(known.path("size").asLong())
                    .isEqualTo(server.get(known.path("disk").asText()).body().length);
            assertThat(listed(server)).hasSize(4).isSortedAccordingTo(Comparator.reverseOrder());
        }
    }

    /** When those that are listed were asked for, read three at a time. */
    private static List<Instant> listed(TestServer server) throws IOException {
        List<Instant> listed = new ArrayList<>();
        String path = "/api/v1/conversions?n=3";
        while (true) {
            HttpResponse<byte[]> page = server.get(path);
            json(page)
                    .path("conversions")
                    .forEach(one -> listed.add(Instant.parse(one.path("created").asText())));
            if (page.headers().firstValue("Link").isEmpty()) {
                return listed;
            }
            path = header(page, "Link").replaceAll("^<(.*)>.*", "$1");
        }
    }

    @Test
    void a_record_that_is_damaged_keeps_nobody_from_anything() throws IOException {
        Path records = Files.createDirectories(directory.resolve("data/downloads"));
        Files.writeString(records.resolve("a.json"), "{\"id\": 7");
        Files.writeString(records.resolve("b.new"), "{");
        goOn();
        try (TestServer server = start()) {
            String path = header(begin(server, "vms/debian:12", "qcow2"), "Location");
            assertThat(awaitEnd(server, path).path("phase").asText()).isEqualTo("Succeeded");
            assertThat(json(server.get("/api/v1/conversions")).path("conversions"))
                    .hasSize(1);
        }
    }

    @Test
    void a_conversion_is_cancelled_at_once_and_leaves_nothing() throws IOException {
        try (TestServer server = start()) {
            String path = header(begin(server, "vms/debian:12", "qcow2"), "Location");
            while (!json(server.get(path)).path("phase").asText().equals("Running") || files() == 0) {
                TestServer.pause();
            }
            HttpResponse<byte[]> cancelled = server.send("DELETE", path);
            assertThat(cancelled.statusCode()).isEqualTo(202);
            assertThat(json(cancelled).path("phase").asText()).isEqualTo("Cancelled");
            assertThat(files()).isZero();
            goOn();
            String again = header(begin(server, "vms/debian:12", "qcow2"), "Location");
            assertThat(awaitEnd(server, again).path("phase").asText()).isEqualTo("Succeeded");
        }
    }

    @Test
    void one_that_waits_is_cancelled_and_a_download_is_not_cancelled_with_a_conversion() throws Exception {
        try (TestServer server = start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String first = header(begin(server, "vms/debian:12", "qcow2"), "Location");
            begin(server, "vms/debian:12", "vdi");
            String third = header(begin(server, "vms/debian:12", "vhdx"), "Location");
            assertThat(json(server.get(third)).path("phase").asText()).isEqualTo("Pending");
            assertThat(json(server.send("DELETE", third)).path("phase").asText())
                    .isEqualTo("Cancelled");

            Future<HttpResponse<byte[]>> download =
                    threads.submit(() -> server.get("/api/v1/images/vms/debian/12/disk?format=qcow2"));
            assertThat(json(server.send("DELETE", first)).path("phase").asText())
                    .isEqualTo("Cancelled");
            goOn();
            assertThat(download.get().statusCode()).isEqualTo(200);
            assertThat(awaitEnd(server, third).path("phase").asText()).isEqualTo("Cancelled");
        }
    }

    @Test
    void one_that_a_server_does_not_know_of_is_begun_when_it_is_asked_about() throws IOException {
        String path;
        try (TestServer server = start()) {
            path = header(begin(server, "vms/debian:12", "qcow2"), "Location");
        }
        goOn();
        try (TestServer restarted = TestServer.start(directory.resolve("data"), slow)) {
            JsonNode ended = awaitEnd(restarted, path);
            assertThat(ended.path("phase").asText()).as(ended.toString()).isEqualTo("Succeeded");
            assertThat(restarted.get(ended.path("disk").asText()).body()).startsWith('Q', 'F', 'I', 0xfb);

            for (String none : new String[] {
                path.replace("vms~debian", "vms~none"), path.replace(".qcow2", ".raw"), path.replace("sha256", "sha0")
            }) {
                assertProblem(restarted.get(none), 404, "");
            }
        }
    }

    @Test
    void one_that_fails_says_so() throws IOException {
        slow = new QemuTools(Path.of("/bin/false"), new Account.Own());
        try (TestServer server = start()) {
            JsonNode ended = awaitEnd(server, header(begin(server, "vms/debian:12", "qcow2"), "Location"));
            assertThat(ended.path("phase").asText()).isEqualTo("Failed");
            assertThat(ended.path("error").path("code").asText()).isEqualTo("INTERNAL");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vms/none:1, qcow2, 404, is not in repository",
        "vms/debian:12, raw, 400, raw and iso need no conversion",
        "vms/debian:12, exe, 400, format must be",
        "../x, qcow2, 400, invalid repository name",
    })
    void what_cannot_be_converted_is_refused_at_once(String image, String format, int status, String detail)
            throws IOException {
        try (TestServer server = start()) {
            assertProblem(begin(server, image, format), status, detail);
            assertProblem(server.get("/api/v1/conversions/x"), 404, "does not exist");
        }
    }
}
