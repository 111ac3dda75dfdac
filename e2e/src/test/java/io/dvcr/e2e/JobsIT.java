package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Imports;
import io.dvcr.e2e.fixture.Outcome;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports and conversions as jobs: listed, watched, cancelled, and made ready for download. */
@EndToEnd
@Timeout(90)
class JobsIT {
    private DvcrServer server;
    private WebServer web;
    private Imports imports;

    @BeforeEach
    void start() throws Exception {
        web = WebServer.start();
        server = DvcrServer.registry();
        imports = new Imports(server);
    }

    @AfterEach
    void stop() throws IOException {
        try (WebServer _ = web;
                DvcrServer _ = server) {}
    }

    @Test
    void imports_are_listed_with_their_place_and_cancelled() throws Exception {
        URI source = web.serve("guest.qcow2", Given.image("guest.qcow2"));
        web.holdAt(1 << 20);
        String first = imports.submit(source, "vms/a:1");
        imports.awaitBytes(first, 1);
        String second = imports.submit(source, "vms/b:1");
        imports.awaitBytes(second, 1);
        String third = imports.submit(source, "vms/c:1");
        assertThat(server.dvcr().run("imports").succeeded().stdout())
                .containsPattern(first + " +vms/a:1 +Running ")
                .containsPattern(third + " +vms/c:1 +Pending \\(1\\) ");

        for (String job : List.of(third, first)) {
            server.dvcr().run("imports", "--cancel", job).succeeded();
            assertThat(imports.get(job).path("phase").asText()).isEqualTo("Cancelled");
        }
        web.release();
        imports.awaitSuccess(second);
        assertThat(new Artifact(server, "vms/a", "1").exists()).isFalse();
        assertThat(new Artifact(server, "vms/c", "1").exists()).isFalse();
        assertThat(DirectoryTree.entries(server.data().resolve("scratch"))).isEmpty();
    }

    @Test
    void an_import_is_watched_to_its_end_and_the_command_that_waits_sees_it() throws Exception {
        URI source = web.serve("guest.raw", Given.image("guest.raw"));
        web.holdAt(1 << 20);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Outcome> command = threads.submit(() -> server.dvcr().run("import", source, "vms/guest:1"));
            String job = imports.submit(source, "vms/guest:1"); // joins, or is joined
            imports.awaitBytes(job, 1);
            Future<String> events = threads.submit(() ->
                    server.http().get("/api/v1/imports/" + job + "/events").text());
            web.release();
            assertThat(command.get().succeeded().stdout()).startsWith("imported vms/guest:1 (raw, ");
            assertThat(events.get())
                    .contains("event: import\n", "\"phase\":\"Running\"")
                    .containsSubsequence("id: end", "\"phase\":\"Succeeded\"");
            int percent = 0;
            for (String line :
                    events.get().lines().filter(one -> one.startsWith("data: ")).toList()) {
                JsonNode now = new ObjectMapper().readTree(line.substring("data: ".length()));
                assertThat(now.path("progress").path("percent").asInt()).isGreaterThanOrEqualTo(percent);
                percent = now.path("progress").path("percent").asInt();
            }
            assertThat(percent).isEqualTo(100);
        }
    }

    @Test
    void a_conversion_is_downloaded_when_it_is_ready(@TempDir Path directory) throws Exception {
        URI source = web.serve("guest.qcow2", Given.image("guest.qcow2"));
        server.dvcr().run("import", source, "vms/guest:1").succeeded();

        String told = server.dvcr()
                .run("convert", "vms/guest:1", "--format", "vmdk")
                .succeeded()
                .stdout();
        assertThat(told).startsWith("converted vms/guest:1 to vmdk (");
        assertThat(DirectoryTree.entries(server.data().resolve("converted"))).hasSize(1);

        Path file = Files.write(
                directory.resolve("guest.vmdk"),
                server.http().get(told.lines().toList().getLast()).body());
        Qemu.compare("vmdk", file, "raw", Given.image("guest.raw"));
        assertThat(server.dvcr()
                        .run("convert", "vms/none:1", "--format", "vmdk")
                        .failedWith(1)
                        .stderr())
                .contains("vms/none");
    }
}
