package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An operator looks whether a store is as it must be, with its server and without. */
@EndToEnd
@Timeout(120)
class StoreCheckIT {
    @TempDir
    Path directory;

    private DvcrServer server;
    private Path configuration;

    @BeforeEach
    void import_an_image() throws Exception {
        server = DvcrServer.registry();
        configuration = Files.writeString(directory.resolve("dvcr.yaml"), "data: " + server.data() + "\n");
        try (WebServer web = WebServer.start()) {
            server.dvcr()
                    .run(
                            "import",
                            web.serve("guest.raw", Given.image("guest.raw")),
                            new Artifact(server, "vms/guest", "1").reference())
                    .succeeded();
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void an_image_with_all_its_faces_is_well_while_the_server_runs_and_after_it_was_killed() throws Exception {
        JsonNode running = check(0);
        server.kill();
        JsonNode stopped = check(0);

        assertThat(running.path("allWell").asBoolean()).isTrue();
        assertThat(running.path("manifests").asInt()).isGreaterThan(2);
        assertThat(running.path("composites").asInt()).isPositive();
        assertThat(running.path("read").path("count").asInt())
                .isEqualTo(running.path("blobs").path("count").asInt()
                        + running.path("composites").asInt());
        assertThat(stopped).isEqualTo(running);
    }

    @Test
    void a_pack_that_is_gone_is_missed_by_the_disk_and_by_every_face_made_of_it() throws Exception {
        Files.delete(largestBlob());

        JsonNode report = check(1);
        assertThat(report.path("allWell").asBoolean()).isFalse();
        assertThat(kinds(report)).contains("Missing", "Broken");
        assertThat(server.dvcr()
                        .run("store", "check", "--config", configuration)
                        .failedWith(1)
                        .stdout())
                .contains("FINDING", "Missing", "vms/guest@sha256:");
    }

    @Test
    void a_pack_that_rots_is_told_unless_nothing_is_read() throws Exception {
        Files.write(largestBlob(), new byte[] {0, 1, 2, 3}, StandardOpenOption.WRITE);

        assertThat(kinds(check(1))).contains("Corrupt", "Broken");
        assertThat(kinds(check(0, "--sample", "0"))).isEmpty();
        server.dvcr().run("store", "check", "--sample", "101").failedWith(2);
    }

    private Path largestBlob() throws IOException {
        try (Stream<Path> blobs = Files.walk(server.data().resolve("store/blobs"))) {
            return blobs.filter(Files::isRegularFile)
                    .max((one, other) ->
                            Long.compare(one.toFile().length(), other.toFile().length()))
                    .orElseThrow();
        }
    }

    private JsonNode check(int exitCode, Object... options) throws Exception {
        Stream<Object> words =
                Stream.concat(Stream.of("store", "check", "--config", configuration, "-o", "json"), Stream.of(options));
        return new ObjectMapper()
                .readTree(
                        server.dvcr().run(words.toArray()).failedWith(exitCode).stdout());
    }

    private static List<String> kinds(JsonNode report) {
        return report.path("findings").findValuesAsText("kind").stream()
                .distinct()
                .toList();
    }
}
