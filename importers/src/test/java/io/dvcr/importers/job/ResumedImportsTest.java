package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.WebServer;
import io.dvcr.importers.source.WebServer.Exchange;
import io.dvcr.importers.unpack.Packed;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.content.StoreLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raw disks whose import a restart of the server cuts off. What is kept of them is at most 7 MiB behind what came. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ResumedImportsTest {
    private static final int MIB = 1 << 20;
    private static final int BEHIND = 7 * MIB;
    private static final int CUT = 54 * MIB;
    private static final byte[] DISK = disk(1);
    private static final byte[] OTHER_DISK = disk(2);
    private static final String TARGET = "vms/debian:12";
    private static final String TAG = "\"1\"";
    private static final String OTHER_TAG = "\"2\"";

    @TempDir
    private Path directory;

    private final CountDownLatch restarted = new CountDownLatch(1);
    private TestRegistry registry;
    private HttpDownloader downloader;
    private WebServer server;
    private ImportJobs jobs;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
        downloader = new HttpDownloader(
                new AddressPolicy(true),
                new DownloadPatience(
                        Duration.ofSeconds(30), new Backoff(3, Duration.ofMillis(1), Duration.ofMillis(2))));
        server = WebServer.start(exchange -> serve(exchange, DISK, TAG));
        jobs = start();
    }

    @AfterEach
    void close() throws IOException {
        jobs.close();
        server.close();
        downloader.close();
        registry.close();
    }

    /** More than a pack before the cut, whatever is still under way then, and less than two in all; with zeros. */
    private static byte[] disk(int seed) {
        byte[] disk = new byte[60 * MIB];
        new Random(seed).nextBytes(disk);
        Arrays.fill(disk, 8 * MIB, 20 * MIB, (byte) 0);
        return disk;
    }

    private ImportJobs start() throws IOException {
        return ImportJobs.start(
                registry.store(),
                registry.images(),
                TestSources.over(downloader),
                directory.resolve("scratch"),
                Clock.fixed(TestRegistry.NOON, ZoneOffset.UTC),
                ImportLimits.DEFAULTS,
                FaceSettings.DEFAULTS,
                ImportObserver.NONE);
    }

    /** As a good server does, but nothing from the cut on before the restart. */
    private void serve(Exchange exchange, byte[] content, String tag) throws IOException, InterruptedException {
        if (restarted.getCount() > 0) {
            exchange.serve(content, tag, CUT);
            restarted.await();
        } else {
            exchange.serve(content, tag);
        }
    }

    private void serverThat(WebServer.Behaviour behaviour) throws IOException {
        server.close();
        server = WebServer.start(behaviour);
    }

    private ImportJob submit(Optional<Checksum> checksum) throws IOException {
        return submit(TARGET, checksum);
    }

    private ImportJob submit(String target, Optional<Checksum> checksum) throws IOException {
        ImageReference reference = ImageReference.parse(target);
        Reference.ByTag named = (Reference.ByTag) reference.reference();
        return jobs.submit(
                new ImportRequest(reference.repository(), named.tag(), new HttpSource(server.url("/disk"), checksum)));
    }

    private ImportJob await(ImportJob job) throws IOException {
        ImportJob now = jobs.get(job.id());
        while (!now.phase().ended()) {
            pause();
            now = jobs.get(job.id());
        }
        return now;
    }

    private ImageDetails awaitImage(ImportJob job) throws IOException {
        ImportJob ended = await(job);
        assertThat(ended.failure()).isEmpty();
        assertNothingIsLeft();
        return ended.image().orElseThrow();
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private Path kept(ImportJob job) {
        return directory.resolve("scratch").resolve(job.id());
    }

    private long keptBytes(ImportJob job) throws IOException {
        try {
            JsonNode state =
                    new ObjectMapper().readTree(Files.readAllBytes(kept(job).resolve("state.json")));
            return state.path("bytes").asLong();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void awaitKept(ImportJob job, long bytes) throws IOException {
        while (keptBytes(job) < bytes) {
            pause();
        }
    }

    /** Stops the server when nearly all has been kept of what came before the cut. */
    private ImportJob cutOff() throws IOException {
        ImportJob job = submit(Optional.empty());
        awaitKept(job, CUT - BEHIND);
        jobs.close();
        return job;
    }

    private void restart() throws IOException {
        restarted.countDown();
        jobs = start();
    }

    private void assertNothingIsLeft() throws IOException {
        assertThat(directory.resolve("scratch")).isEmptyDirectory();
        assertThat(registry.content().holds().jobs()).isEmpty();
    }

    /** What an import makes of the disk that nobody cuts off, in a registry of its own. */
    private ImageDetails uninterrupted() throws IOException {
        restarted.countDown();
        jobs.close();
        registry.close();
        registry = TestRegistry.in(directory.resolve("other-store"));
        jobs = start();
        return awaitImage(submit(Optional.empty()));
    }

    @Test
    void an_import_that_was_cut_off_fetches_the_rest_alone_and_makes_the_same_image() throws IOException {
        ImportJob job = cutOff();
        long before = server.sent();
        restart();

        ImageDetails image = awaitImage(job);
        assertThat(server.requests()).hasSize(2);
        assertThat(server.sent() - before).isLessThan(DISK.length - CUT + BEHIND + MIB);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertThat(uninterrupted()).isEqualTo(image);
    }

    @Test
    void it_may_be_cut_off_again() throws IOException {
        ImportJob job = cutOff();
        jobs = start();
        while (server.requests().size() < 2) {
            pause();
        }
        assertThat(keptBytes(job)).isGreaterThan(CUT - BEHIND);
        jobs.close();
        restart();

        awaitImage(job);
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().getLast().rangeStart()).isGreaterThan(CUT - BEHIND);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void what_has_been_told_to_be_received_stays_so() throws IOException {
        ImportJob job = cutOff();
        jobs = start();
        while (jobs.get(job.id()).phase() != ImportPhase.RUNNING) {
            pause();
        }
        assertThat(jobs.get(job.id()).progress().bytesReceived()).isGreaterThan(CUT - BEHIND);
    }

    @Test
    void the_checksum_is_that_of_both_parts() throws IOException {
        Checksum right = Checksum.parse("sha256", Digest.sha256(DISK).hex());
        ImportJob job = submit(Optional.of(right));
        awaitKept(job, CUT - BEHIND);
        jobs.close();
        restart();

        awaitImage(job);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void a_checksum_that_is_wrong_is_so_after_a_restart() throws IOException {
        ImportJob job = submit(Optional.of(Checksum.parse("md5", "0".repeat(32))));
        awaitKept(job, CUT - BEHIND);
        jobs.close();
        restart();

        assertThat(await(job).failure().orElseThrow().code()).isEqualTo("CHECKSUM_MISMATCH");
        assertThat(registry.find(TARGET)).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void garbage_collection_leaves_what_was_stored() throws IOException {
        ImportJob job = cutOff();
        registry.content().garbage().forgetPushesCutOff();
        for (int i = 0; i < 4; i++) {
            registry.content().garbage().collect(Duration.ZERO, false);
        }
        long before = server.sent();
        restart();

        awaitImage(job);
        assertThat(server.sent() - before).isLessThan(DISK.length - CUT + BEHIND + MIB);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void a_source_that_has_changed_is_imported_from_its_beginning() throws IOException {
        serverThat(exchange -> serve(
                exchange, restarted.getCount() > 0 ? DISK : OTHER_DISK, restarted.getCount() > 0 ? TAG : OTHER_TAG));
        ImportJob job = cutOff();
        restart();

        awaitImage(job);
        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
    }

    @Test
    void a_server_that_sends_a_range_of_something_else_is_asked_for_the_whole() throws IOException {
        serverThat(exchange -> {
            if (restarted.getCount() > 0) {
                serve(exchange, DISK, TAG);
            } else if (exchange.header("Range").isPresent()) { // and never looks at If-Range
                int start = exchange.rangeStart();
                exchange.head(
                        206,
                        "Content-Range: bytes " + start + "-" + (DISK.length - 1) + "/" + DISK.length,
                        "ETag: " + OTHER_TAG);
                exchange.write(Arrays.copyOfRange(OTHER_DISK, start, DISK.length));
            } else {
                exchange.serve(OTHER_DISK, OTHER_TAG);
            }
        });
        ImportJob job = cutOff();
        restart();

        awaitImage(job);
        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
    }

    @Test
    void a_server_that_has_lost_its_validator_is_asked_for_the_whole() throws IOException {
        serverThat(exchange -> {
            if (restarted.getCount() > 0) {
                serve(exchange, DISK, TAG);
            } else {
                exchange.head(200, "Content-Length: " + OTHER_DISK.length);
                exchange.write(OTHER_DISK);
            }
        });
        ImportJob job = cutOff();
        restart();

        awaitImage(job);
        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
    }

    @Test
    void nothing_is_kept_of_a_source_whose_versions_cannot_be_told_apart() throws IOException {
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + DISK.length);
            exchange.write(Arrays.copyOf(DISK, CUT));
            restarted.await();
            exchange.write(Arrays.copyOfRange(DISK, CUT, DISK.length));
        });
        ImportJob job = submit(Optional.empty());
        while (jobs.get(job.id()).progress().bytesReceived() < CUT - MIB) {
            pause();
        }
        assertThat(kept(job)).doesNotExist();
        jobs.close();
        restart();

        awaitImage(job);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void nothing_is_kept_of_what_is_compressed() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        int half = gzip.length / 2;
        serverThat(exchange -> {
            exchange.serve(gzip, TAG, restarted.getCount() > 0 ? half : gzip.length);
            restarted.await();
        });
        ImportJob job = submit(Optional.empty());
        while (jobs.get(job.id()).progress().bytesReceived() < half - 2 * MIB) {
            pause();
        }
        assertThat(kept(job)).doesNotExist();
        jobs.close();
        restart();

        awaitImage(job);
        assertThat(server.requests().getLast().rangeStart()).isZero();
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void a_source_that_has_gone_fails_the_import() throws IOException {
        serverThat(exchange -> {
            if (restarted.getCount() > 0) {
                serve(exchange, DISK, TAG);
            } else {
                exchange.status(404);
            }
        });
        ImportJob job = cutOff();
        restart();

        assertThat(await(job).failure().orElseThrow().code()).isEqualTo("SOURCE_HTTP_STATUS");
        assertNothingIsLeft();
    }

    @Test
    void nothing_is_left_of_an_import_that_is_cancelled_after_a_restart() throws IOException {
        ImportJob job = cutOff();
        jobs = start();

        assertThat(jobs.cancel(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        assertNothingIsLeft();
    }

    @Test
    void nothing_is_left_of_jobs_that_nobody_knows() throws IOException {
        ImportJob job = cutOff();
        registry.store().delete(StoreLayout.importJob(job.id()));
        restart();
        assertNothingIsLeft();
    }

    @Test
    void what_is_damaged_of_the_kept_files_is_not_used() throws IOException {
        for (String damaged : List.of("state.json", "chunks-", "extents-", "frames-")) {
            ImportJob job = submit("vms/" + damaged.replaceAll("\\W", "") + ":1", Optional.empty());
            awaitKept(job, CUT - BEHIND);
            jobs.close();
            try (Stream<Path> files = Files.list(kept(job))) {
                for (Path file : files.filter(
                                path -> path.getFileName().toString().startsWith(damaged))
                        .toList()) {
                    byte[] content = Files.readAllBytes(file);
                    Files.write(file, Arrays.copyOf(content, content.length / 2));
                }
            }
            jobs = start();
            while (server.requests().getLast().rangeStart() > 0
                    || server.requests().size() < 2) {
                pause();
            }
            jobs.close();
            jobs = start();
            jobs.cancel(job.id());
            assertNothingIsLeft();
        }
    }

    @Test
    void what_is_damaged_of_the_stored_packs_is_stored_again() throws IOException {
        ImportJob job = submit(Optional.empty());
        awaitKept(job, CUT - BEHIND);
        while (registry.store().list("blobs/", Optional.empty(), 1).isEmpty()) {
            pause(); // the first pack is on its way there
        }
        jobs.close();
        try (Stream<Path> files = Files.walk(directory.resolve("store/blobs"))) {
            Path largest = files.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
            Files.delete(largest);
        }
        restart();

        awaitImage(job);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        for (BlobDescriptor pack : registry.find(TARGET).orElseThrow().disk().packs()) {
            assertThat(pack.size()).isPositive();
        }
    }
}
