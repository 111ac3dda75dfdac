package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.e2e.fixture.Artifact;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Imports;
import io.dvcr.e2e.fixture.WebServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server is killed while it imports: it goes on by itself, and nothing half-done is ever seen or left. */
@EndToEnd
@Timeout(120)
class KilledImportsIT {
    private static final int ROUNDS = 20;

    /** After which an import is killed: most of them take longer. */
    private static final Duration LATEST = Duration.ofMillis(2500);

    private static final long SLOW = 30_000_000; // bytes a second
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private static byte[] disk;

    private DvcrServer server;
    private WebServer web;
    private Artifact image;

    @BeforeAll
    static void read() throws IOException {
        disk = Files.readAllBytes(Given.image("guest.raw"));
    }

    @BeforeEach
    void start() throws Exception {
        web = WebServer.start();
        server = DvcrServer.registry();
        image = new Artifact(server, "vms/guest", "1");
    }

    @AfterEach
    void stop() throws IOException {
        try (WebServer _ = web;
                DvcrServer _ = server) {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"guest.qcow2", "guest.raw"})
    void an_import_goes_on_by_itself_after_the_server_was_killed(String file) throws Exception {
        Path source = Given.image(file);
        long half = Files.size(source) / 2;
        web.holdAt(half);
        String job = new Imports(server).submit(web.serve(file, source), image.reference());
        new Imports(server).awaitBytes(job, half);
        assertThat(image.exists()).isFalse();

        server.kill();
        server.restart();

        new Imports(server).awaitBytes(job, half);
        assertThat(image.exists()).isFalse();
        assertThat(server.dvcr().run("images").succeeded().stdout()).doesNotContain("vms/guest");
        web.release();
        new Imports(server).awaitSuccess(job);
        Bytes.assertSame("the image", image.raw(), disk);
        assertNothingIsLeft();
    }

    @Test
    void what_a_tag_named_before_stays_until_the_new_image_is_whole() throws Exception {
        server.dvcr().run("import", web.serve("old", Given.image("guest.iso")), image.reference());
        String before = image.digest();
        long half = Files.size(Given.image("guest.qcow2")) / 2;
        web.holdAt(half);
        String job = new Imports(server).submit(web.serve("new", Given.image("guest.qcow2")), image.reference());
        new Imports(server).awaitBytes(job, half);
        assertThat(image.digest()).isEqualTo(before);

        server.kill();
        server.restart();

        assertThat(image.digest()).isEqualTo(before);
        Bytes.assertSame("the old image", image.raw(), Files.readAllBytes(Given.image("guest.iso")));
        web.release();
        new Imports(server).awaitSuccess(job);
        assertThat(image.digest()).isNotEqualTo(before);
        Bytes.assertSame("the new image", image.raw(), disk);
    }

    @Test
    void a_conversion_that_was_killed_leaves_nothing() throws Exception {
        Path source = Given.image("guest.qcow2");
        String job = new Imports(server).submit(web.serve("guest.qcow2", source), image.reference());
        Eventually.holds("the conversion, or the end", DEADLINE, () -> {
            JsonNode now = new Imports(server).get(job);
            return now.path("progress").path("step").asText().equals("Converting") || new Imports(server).hasEnded(job);
        });

        server.kill();
        server.restart();

        new Imports(server).awaitSuccess(job);
        Bytes.assertSame("the image", image.raw(), disk);
        assertNothingIsLeft();
    }

    @Test
    @Timeout(300)
    void it_may_be_killed_at_any_moment() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            String file = random.nextBoolean() ? "guest.raw" : "guest.qcow2";
            boolean good = random.nextInt(4) > 0;
            long delay = random.nextLong(LATEST.toMillis());
            image = new Artifact(server, "vms/guest", "tag-" + random.nextInt(3));
            Optional<String> before = image.exists() ? Optional.of(image.digest()) : Optional.empty();
            String what = "round " + round + ", " + file + (good ? "" : " with a wrong checksum") + " to "
                    + image.reference() + ", killed after " + delay + " ms, seed " + seed;

            web.slowDownTo(SLOW);
            URI source = web.serve(file, Given.image(file));
            String checksum = good ? Bytes.digest(Files.readAllBytes(Given.image(file))) : Bytes.digest(new byte[0]);
            String job = new Imports(server).submit(source, image.reference(), checksum);
            Thread.sleep(delay);
            int percent = percent(job);
            server.kill();
            server.restart();
            assertThat(percent(job)).as(what).isGreaterThanOrEqualTo(percent);
            assertWholeOrAsBefore(what, before);

            web.slowDownTo(Long.MAX_VALUE);
            JsonNode ended = new Imports(server).awaitEnd(job);
            if (good) {
                assertThat(ended.path("phase").asText()).as(what + ended).isEqualTo("Succeeded");
                Bytes.assertSame(what, image.raw(), disk);
            } else {
                assertThat(ended.path("error").path("code").asText())
                        .as(what + ended)
                        .isEqualTo("CHECKSUM_MISMATCH");
                assertThat(image.exists() ? Optional.of(image.digest()) : Optional.empty())
                        .as(what)
                        .isEqualTo(before);
            }
            assertNothingIsLeft();
        }
    }

    @Test
    void a_transfer_that_is_cut_goes_on_where_it_stopped() throws Exception {
        Path source = Given.image("guest.qcow2");
        long third = Files.size(source) / 3;
        web.cutConnectionsAfter(third);

        server.dvcr()
                .run("import", web.serve("guest.qcow2", source), image.reference())
                .succeeded();

        Bytes.assertSame("the image", image.raw(), disk);
        List<Long> starts = web.starts();
        assertThat(starts)
                .as("where each answer began")
                .hasSizeGreaterThan(2)
                .startsWith(0L)
                .isSorted();
        assertThat(starts.subList(1, starts.size())).allMatch(start -> start > third / 2);
    }

    private int percent(String job) throws IOException, InterruptedException {
        return new Imports(server).get(job).path("progress").path("percent").asInt();
    }

    private void assertWholeOrAsBefore(String what, Optional<String> before) throws Exception {
        if (image.exists() && !before.equals(Optional.of(image.digest()))) {
            Bytes.assertSame(what, image.raw(), disk);
        } else {
            assertThat(image.exists()).as(what).isEqualTo(before.isPresent());
        }
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(DirectoryTree.entries(server.data().resolve("scratch"))).isEmpty();
        assertThat(DirectoryTree.entries(server.data().resolve("store/.tmp"))).isEmpty();
        assertThat(DirectoryTree.entries(server.data().resolve("store/uploads")))
                .isEmpty();
        assertThat(DirectoryTree.entries(server.temporaryFiles())).isEmpty();
    }
}
