package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Outcome;
import io.dvcr.e2e.fixture.Qemu;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that are sent by curl and by tus-js-client, and a server that is killed meanwhile. */
@EndToEnd
@Timeout(300)
class ImageUploadsIT {
    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = 3;

    private static byte[] disk;

    private DvcrServer server;
    private Artifact image;

    @BeforeAll
    static void read() throws IOException {
        disk = Files.readAllBytes(Given.image("guest.raw"));
    }

    @BeforeEach
    void start() throws Exception {
        server = DvcrServer.registry();
        image = new Artifact(server, "vms/guest", "1");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void curl_uploads_a_file() throws Exception {
        Outcome sent = curl("-T", Given.image("guest.qcow2"), begin()).succeeded();

        assertThat(JSON.readTree(sent.stdout()).path("phase").asText()).isEqualTo("Succeeded");
        Bytes.assertSame("the image", image.raw(), disk);
        assertThat(server.dvcr().run("imports").succeeded().stdout()).contains(image.reference(), "Succeeded");
        assertNothingIsLeft();
    }

    @Test
    void curl_uploads_what_it_reads_without_knowing_how_much_that_is() throws Exception {
        String line = "cat '" + Given.image("guest.raw") + "' | curl -sS --fail-with-body -T - '" + begin() + "'";

        Command.of("sh", "-c", line).run().succeeded();

        Bytes.assertSame("the image", image.raw(), disk);
        assertNothingIsLeft();
    }

    @Test
    void curl_fails_and_says_why_when_the_image_is_refused(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("backed.qcow2");
        Qemu.img("create", "-q", "-u", "-f", "qcow2", "-F", "raw", "-b", "/etc/passwd", file, "1M");

        Outcome sent = curl("-T", file, begin()).failedWith(22); // of curl: the server answered with an error

        assertThat(sent.stdout()).contains("QCOW2_BACKING_FILE");
        assertThat(image.exists()).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void a_url_is_good_for_one_file(@TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("disk"), Bytes.random(new Random(1), 1_000_000));
        URI url = begin();
        curl("-T", file, url).succeeded();

        assertThat(curl("-T", file, url).failedWith(22).stdout()).contains("410", "finished");
        URI wrong = URI.create(url.toString().substring(0, url.toString().length() - 4) + "AAAA");
        assertThat(curl("-T", file, wrong).failedWith(22).stdout()).contains("404");
        assertThat(server.logged()).doesNotContain(url.getPath());
    }

    @Test
    void tus_js_client_uploads_a_file_whole_and_in_parts() throws Exception {
        JsonNode whole =
                tus("/api/v1/uploads", Given.image("guest.raw"), "{\"metadata\":{\"target\":\"vms/guest:1\"}}");
        assertThat(whole.path("sent").asLong()).isEqualTo(disk.length);
        awaitImage(whole);

        image = new Artifact(server, "vms/guest", "2");
        JsonNode parts = tus(
                "/api/v1/uploads",
                Given.image("guest.qcow2"),
                "{\"chunkSize\":3000000,\"metadata\":{\"target\":\"vms/guest:2\",\"format\":\"qcow2\"}}");
        awaitImage(parts);

        image = new Artifact(server, "vms/guest", "3");
        JsonNode unknown = tus(
                "/api/v1/uploads",
                Given.image("guest.iso"),
                "{\"chunkSize\":3000000,\"piped\":true,\"metadata\":{\"target\":\"vms/guest:3\"}}");
        awaitEnd(unknown);
        Bytes.assertSame("the disc", image.raw(), Files.readAllBytes(Given.image("guest.iso")));
        assertNothingIsLeft();
    }

    @Test
    void tus_js_client_goes_on_after_the_server_was_killed() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            int stopAt = random.nextInt(disk.length);
            String what = "stopped at " + stopAt + ", seed " + seed;
            image = new Artifact(server, "vms/guest", "round-" + round);
            JsonNode cut = tus(
                    "/api/v1/uploads",
                    Given.image("guest.raw"),
                    "{\"chunkSize\":9000000,\"stopAt\":" + stopAt + ",\"metadata\":{\"target\":\"" + image.reference()
                            + "\"}}");
            String path = URI.create(cut.path("url").asText()).getPath();

            server.kill();
            server.restart();

            long stored = offset(path);
            assertThat(stored).as(what).isGreaterThanOrEqualTo(stopAt / 9_000_000 * 9_000_000L);
            JsonNode rest = tus(
                    "",
                    Given.image("guest.raw"),
                    "{\"uploadUrl\":\"" + server.url().resolve(path) + "\"}");
            assertThat(rest.path("sent").asLong()).as(what).isLessThanOrEqualTo(disk.length - stored);
            awaitImage(rest);
        }
        assertNothingIsLeft();
    }

    @Test
    void an_upload_that_is_complete_becomes_an_image_though_the_server_is_killed() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            image = new Artifact(server, "vms/guest", "round-" + round);
            URI url = begin();
            Thread sending = Thread.ofVirtual().start(() -> send(url));
            Eventually.holds("half of it", DEADLINE, () -> offset(url.getPath()) >= disk.length / 2);
            Thread.sleep(random.nextInt(1500));
            server.kill();
            sending.join();
            server.restart();

            Answer now = server.http().get(url.getPath());
            if (now.json().path("state").asText().equals("Receiving")) {
                URI again = server.url().resolve(url.getPath());
                curl("-C", now.json().path("offset").asText(), "-T", Given.image("guest.raw"), again)
                        .succeeded();
            }
            JsonNode job = awaitEnd(url.getPath());
            assertThat(job.path("phase").asText())
                    .as("seed " + seed + ": " + job)
                    .isEqualTo("Succeeded");
            Bytes.assertSame("round " + round + " of seed " + seed, image.raw(), disk);
        }
        assertNothingIsLeft();
    }

    @Test
    void dvcr_uploads_a_file_and_tells_what_became_of_it(@TempDir Path directory) throws Exception {
        Path state = directory.resolve("state");
        Outcome sent = upload(state, Given.image("guest.qcow2"), image.reference(), "--format", "qcow2")
                .succeeded();

        assertThat(sent.stdout()).contains("imported vms/guest:1 (qcow2", "sha256:", sent(Given.image("guest.qcow2")));
        Bytes.assertSame("the image", image.raw(), disk);
        assertThat(DirectoryTree.entries(state.resolve("dvcr/uploads"))).isEmpty();

        Outcome refused = upload(state, Given.image("guest.iso"), "vms/guest:2", "--format", "qcow2")
                .failedWith(1);
        assertThat(refused.stderr()).contains("IMAGE_FORMAT_MISMATCH");
        assertNothingIsLeft();
    }

    @Test
    void dvcr_uploads_what_it_reads() throws Exception {
        String line = "cat '%s' | '%s' upload --server '%s' - vms/guest:1"
                .formatted(Given.image("guest.raw"), Given.launcher(), server.url());

        Command.of("sh", "-c", line).run().succeeded();

        Bytes.assertSame("the image", image.raw(), disk);
        assertNothingIsLeft();
    }

    @Test
    void dvcr_goes_on_with_an_upload_that_was_killed(@TempDir Path directory) throws Exception {
        Path large = directory.resolve("large.raw");
        Qemu.img("create", "-q", "-f", "raw", large, "2G");
        Path incoming = server.data().resolve("store/incoming");
        server.dvcr().runAndKillWhen(() -> storedBytes(incoming) > 100_000_000, "upload", large, image.reference());
        long stored = storedBytes(incoming);

        Outcome rest = server.dvcr().run("upload", large, image.reference()).succeeded();

        assertThat(rest.stdout()).contains("imported vms/guest:1 (raw, 2.0 GiB").contains("sent 1.");
        assertThat(stored).isBetween(100_000_000L, 1L << 30);
    }

    private static long storedBytes(Path incoming) throws IOException {
        for (String entry : DirectoryTree.entries(incoming)) {
            if (entry.endsWith("data")) {
                return Files.size(incoming.resolve(entry));
            }
        }
        return 0;
    }

    private Outcome upload(Path state, Object... words) throws IOException, InterruptedException {
        return Command.of(Given.launcher(), "upload", "--server", server.url())
                .and(words)
                .with("XDG_STATE_HOME", state)
                .run();
    }

    private static void send(URI url) {
        try {
            Command.of("curl", "-s", "-T", Given.image("guest.raw"), url).run();
        } catch (IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The URL of a new upload. */
    private URI begin() throws IOException, InterruptedException {
        Answer begun =
                server.http().post("/api/v1/uploads", ("{\"target\":\"" + image.reference() + "\"}").getBytes(UTF_8));
        assertThat(begun.status()).as(begun.toString()).isEqualTo(201);
        return URI.create(begun.json().path("url").asText());
    }

    private static Outcome curl(Object... words) throws IOException, InterruptedException {
        return Command.of("curl", "-sS", "--fail-with-body").and(words).run();
    }

    private static String sent(Path file) throws IOException {
        return String.format(Locale.ROOT, "sent %.1f MiB", Files.size(file) / (double) (1 << 20));
    }

    private JsonNode tus(String path, Path file, String options) throws IOException, InterruptedException {
        Outcome outcome = Command.of(
                        "node",
                        Given.script("tus/upload.cjs"),
                        Given.tusClient(),
                        server.url().resolve(path),
                        file,
                        options)
                .run()
                .succeeded();
        return JSON.readTree(outcome.stdout());
    }

    private long offset(String path) throws IOException, InterruptedException {
        Answer progress = server.http().head(path, "Tus-Resumable", "1.0.0");
        assertThat(progress.status()).as(progress.toString()).isEqualTo(200);
        return Long.parseLong(progress.header("Upload-Offset"));
    }

    private void awaitImage(JsonNode sent) throws Exception {
        awaitEnd(sent);
        Bytes.assertSame("the image", image.raw(), disk);
    }

    private void awaitEnd(JsonNode sent) throws Exception {
        JsonNode job = awaitEnd(URI.create(sent.path("url").asText()).getPath());
        assertThat(job.path("phase").asText()).as(job.toPrettyString()).isEqualTo("Succeeded");
    }

    /** The upload's import, once it has ended. */
    private JsonNode awaitEnd(String path) throws Exception {
        return Eventually.value(
                        "the end of the import",
                        DEADLINE,
                        () -> Optional.of(server.http().get(path).json())
                                .filter(upload -> upload.path("state").asText().equals("Ended")))
                .path("import");
    }

    /** But for the small records that tell, until they expire, what has become of uploads. */
    private void assertNothingIsLeft() throws Exception {
        Path store = server.data().resolve("store");
        Eventually.holds(
                "no bytes of uploads",
                DEADLINE,
                () -> DirectoryTree.entries(store.resolve("incoming")).stream()
                        .noneMatch(entry -> entry.endsWith("data") || entry.endsWith("chunk")));
        assertThat(DirectoryTree.entries(server.data().resolve("scratch"))).isEmpty();
        assertThat(DirectoryTree.entries(store.resolve(".tmp"))).isEmpty();
        assertThat(DirectoryTree.entries(server.temporaryFiles())).isEmpty();
    }
}
