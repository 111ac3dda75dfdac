package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.format.ImageFormat;
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
import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.importers.unpack.Packed;
import io.dvcr.importers.unpack.Tar;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.StoreLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports of raw disks from a real web server into a real file system; nothing needs QEMU. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportJobsTest {
    private static final long LIMIT = 64 << 20;
    private static final byte[] DISK = disk(1);
    private static final byte[] OTHER_DISK = disk(2);
    private static final String TARGET = "vms/debian:12";
    private static final String ETAG = "\"1\"";

    @TempDir
    private Path directory;

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
                        Duration.ofSeconds(10), new Backoff(3, Duration.ofMillis(1), Duration.ofMillis(2))));
        server = WebServer.serving(DISK);
        jobs = start();
    }

    @AfterEach
    void close() throws IOException {
        jobs.close();
        server.close();
        downloader.close();
        registry.close();
    }

    private static byte[] disk(int seed) {
        byte[] disk = new byte[4 << 20];
        new Random(seed).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 2 << 20, (byte) 0);
        return disk;
    }

    private ImportJobs start() throws IOException {
        return ImportJobs.start(
                registry.store(),
                registry.images(),
                TestSources.over(downloader),
                scratch(),
                Clock.fixed(TestRegistry.NOON, ZoneOffset.UTC),
                new ImportLimits(1, 100, LIMIT),
                FaceSettings.DEFAULTS,
                ImportObserver.NONE);
    }

    private void restart() throws IOException {
        jobs.close();
        jobs = start();
    }

    private Path scratch() {
        return directory.resolve("scratch");
    }

    private void serverThat(Behaviour behaviour) throws IOException {
        server.close();
        server = WebServer.start(behaviour);
    }

    private ImportRequest request(String target, String path) {
        return request(target, path, Optional.empty());
    }

    private ImportRequest request(String target, String path, Optional<Checksum> checksum) {
        ImageReference reference = ImageReference.parse(target);
        Reference.ByTag named = (Reference.ByTag) reference.reference();
        return new ImportRequest(reference.repository(), named.tag(), new HttpSource(server.url(path), checksum));
    }

    private ImportRequest request(String target, String base, String path) {
        ImportRequest request = request(target, path);
        return new ImportRequest(
                request.repository(),
                request.tag(),
                request.source(),
                Optional.of(ImageReference.parse(base)),
                Optional.empty(),
                Optional.empty());
    }

    private ImportJob await(ImportJob job) throws IOException {
        return await(job.id());
    }

    private ImportJob await(String id) throws IOException {
        while (true) {
            ImportJob now = jobs.get(id);
            if (now.phase().ended()) {
                return now;
            }
            pause();
        }
    }

    private void awaitPhase(ImportJob job, ImportPhase phase) throws IOException {
        while (jobs.get(job.id()).phase() != phase) {
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void assertFails(ImportJob job, String code, String message) throws IOException {
        ImportJob ended = await(job);
        assertThat(ended.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isEqualTo(code);
        assertThat(ended.failure().orElseThrow().message()).contains(message);
        assertThat(ended.image()).isEmpty();
    }

    private void assertScratchIsEmpty() {
        assertThat(scratch()).isEmptyDirectory();
    }

    @Test
    void a_raw_disk_becomes_an_image() throws IOException {
        ImportJob submitted = jobs.submit(request(TARGET, "/disk.img"));
        assertThat(submitted.phase()).isIn(ImportPhase.PENDING, ImportPhase.RUNNING);
        ImportJob ended = await(submitted);

        assertThat(ended.phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(ended.progress().percent()).isEqualTo(100);
        assertThat(ended.progress().bytesReceived()).isEqualTo(DISK.length);
        assertThat(ended.progress().bytesTotal()).hasValue(DISK.length);
        assertThat(ended.progress().step().label()).isEqualTo("Done");
        ImageDetails image = ended.image().orElseThrow();
        assertThat(image).isEqualTo(registry.find(TARGET).orElseThrow().details());
        assertThat(image.format()).isEqualTo("raw");
        assertThat(image.usedSize()).isEqualTo(3 << 20);
        assertThat(image.created()).isEqualTo(TestRegistry.NOON);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertScratchIsEmpty();
    }

    @Test
    void an_import_stores_what_its_repository_and_its_base_do_not_have() throws IOException {
        registry.publish("base/debian:12", OTHER_DISK);
        registry.publish(TARGET, DISK);
        byte[] both = Arrays.copyOf(DISK, 2 * DISK.length);
        System.arraycopy(OTHER_DISK, 0, both, DISK.length, DISK.length);
        serverThat(exchange -> exchange.serve(both, ETAG));

        ImageDetails image = await(jobs.submit(request("vms/debian:13", "base/debian:12", "/")))
                .image()
                .orElseThrow();

        assertThat(image.newlyStored().orElseThrow()).isLessThan(1 << 20);
        assertThat(registry.disk("vms/debian:13")).isEqualTo(both);
    }

    @Test
    void a_base_that_is_not_there_is_refused_at_once() {
        assertThatThrownBy(() -> jobs.submit(request(TARGET, "base/debian:12", "/")))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(ManifestUnknown.class));
    }

    @Test
    void what_was_to_be_reused_and_is_deleted_meanwhile_is_stored_again() throws Exception {
        registry.publish("vms/debian:old", DISK);
        CountDownLatch go = serverThatWaits();
        ImportJob job = jobs.submit(request(TARGET, "/"));
        while (server.requests().isEmpty()) {
            pause();
        }
        for (var pack : registry.find("vms/debian:old").orElseThrow().disk().packs()) {
            registry.content().blobs().delete(job.request().repository(), pack.digest());
        }
        go.countDown();

        ImageDetails image = await(job).image().orElseThrow();
        assertThat(image.newlyStored()).hasValue(image.storedSize());
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void an_iso_is_a_cdrom_whatever_it_is_called() throws IOException {
        byte[] iso = Arrays.copyOf(DISK, 1 << 20);
        Arrays.fill(iso, 0, 40_000, (byte) 0);
        System.arraycopy("\001CD001\001".getBytes(UTF_8), 0, iso, 32768, 7);
        serverThat(exchange -> exchange.serve(iso, ETAG));
        ImageDetails image =
                await(jobs.submit(request(TARGET, "/disk.qcow2"))).image().orElseThrow();
        assertThat(image.format()).isEqualTo("iso");
        assertThat(image.cdrom()).isTrue();
        assertThat(registry.disk(TARGET)).isEqualTo(iso);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 4095, 4097, 65535, 65536, 65537, 300_001})
    void disks_of_odd_sizes_come_through_whole(int size) throws IOException {
        byte[] odd = Arrays.copyOf(DISK, size);
        serverThat(exchange -> exchange.serve(odd, ETAG));
        assertThat(await(jobs.submit(request(TARGET, "/"))).failure()).isEmpty();
        assertThat(registry.disk(TARGET)).isEqualTo(odd);
    }

    @Test
    void a_source_that_does_not_say_its_length_is_imported() throws IOException {
        serverThat(exchange -> {
            exchange.head(200);
            exchange.write(DISK);
        });
        ImportJob ended = await(jobs.submit(request(TARGET, "/")));
        assertThat(ended.progress().bytesTotal()).isEmpty();
        assertThat(ended.progress().percent()).isEqualTo(100);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void a_connection_that_is_cut_does_not_show_in_the_image() throws IOException {
        serverThat(exchange -> exchange.serve(DISK, ETAG, server.requests().size() == 1 ? 1_000_001 : DISK.length));
        assertThat(await(jobs.submit(request(TARGET, "/"))).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void a_checksum_is_verified() throws IOException {
        Checksum right = Checksum.parse("sha256", Digest.sha256(DISK).hex());
        assertThat(await(jobs.submit(request(TARGET, "/", Optional.of(right)))).phase())
                .isEqualTo(ImportPhase.SUCCEEDED);

        Checksum wrong = Checksum.parse("sha256", Digest.sha256(OTHER_DISK).hex());
        assertFails(
                jobs.submit(request("vms/debian:13", "/", Optional.of(wrong))),
                "CHECKSUM_MISMATCH",
                "the source has sha256 " + right.hex() + ", not " + wrong.hex());
        assertThat(registry.find("vms/debian:13")).isEmpty();
    }

    @Test
    void a_failed_import_leaves_the_tag_as_it_was() throws IOException {
        registry.publish(TARGET, OTHER_DISK);
        Checksum wrong = Checksum.parse("md5", "0".repeat(32));
        assertFails(jobs.submit(request(TARGET, "/", Optional.of(wrong))), "CHECKSUM_MISMATCH", "not 00000");
        serverThat(exchange -> exchange.status(404));
        assertFails(jobs.submit(request(TARGET, "/gone")), "SOURCE_HTTP_STATUS", "/gone answered with status 404");

        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
        assertScratchIsEmpty();
    }

    @Test
    void a_refused_address_is_a_failure_that_says_so() throws IOException {
        serverThat(exchange -> exchange.redirect("http://169.254.169.254/latest"));
        assertFails(jobs.submit(request(TARGET, "/")), "ADDRESS_REFUSED", "169.254.169.254");
    }

    @Test
    void an_empty_source_is_refused() throws IOException {
        serverThat(exchange -> exchange.status(200));
        assertThat(await(jobs.submit(request(TARGET, "/"))).phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(registry.find(TARGET)).isEmpty();
    }

    @Test
    void a_disk_over_the_limit_is_refused_before_all_of_it_has_come() throws IOException {
        serverThat(exchange -> {
            exchange.head(200);
            while (true) {
                exchange.write(DISK);
            }
        });
        ImportJob ended = await(jobs.submit(request(TARGET, "/")));
        assertThat(ended.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(ended.failure().orElseThrow().message()).contains("" + LIMIT);
    }

    @Test
    void a_failure_of_ours_says_nothing_of_our_insides() throws IOException {
        byte[] qcow2 = qcow2Header();
        serverThat(exchange -> exchange.serve(qcow2, ETAG));
        Files.delete(scratch());
        assertFails(jobs.submit(request(TARGET, "/")), "INTERNAL", "internal error; the server's log says more");
    }

    @Test
    void a_qcow2_that_never_ends_is_refused_and_its_scratch_is_freed() throws IOException {
        byte[] qcow2 = qcow2Header();
        serverThat(exchange -> {
            exchange.head(200);
            exchange.write(qcow2);
            while (true) {
                exchange.write(DISK);
            }
        });
        assertFails(jobs.submit(request(TARGET, "/")), "SOURCE_TOO_LARGE", "larger than the limit of " + LIMIT);
        assertScratchIsEmpty();
    }

    @Test
    void what_is_compressed_is_received_as_it_is_served() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        serverThat(exchange -> exchange.serve(gzip, ETAG));
        Checksum checksum = Checksum.parse("sha256", Digest.sha256(gzip).hex());
        ImportJob ended = await(jobs.submit(request(TARGET, "/disk.img.gz", Optional.of(checksum))));
        assertThat(ended.image().orElseThrow().virtualSize()).isEqualTo(DISK.length);
        assertThat(ended.progress().bytesReceived()).isEqualTo(gzip.length);
        assertThat(ended.progress().bytesTotal()).hasValue(gzip.length);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    static Stream<Arguments> what_cannot_be_unpacked() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        byte[] tar = new Tar().file("disk.img", DISK).end();
        return Stream.of(
                Arguments.of("COMPRESSION_TRUNCATED", Arrays.copyOf(gzip, gzip.length - 1)),
                Arguments.of("COMPRESSION_TRAILING_BYTES", Packed.concatenated(gzip, new byte[600])),
                Arguments.of("SOURCE_TOO_LARGE", Packed.with("zstd", new byte[(int) LIMIT + 1])),
                Arguments.of("IMAGE_EMPTY", Packed.with("xz", new byte[0])),
                Arguments.of("QCOW2_BACKING_FILE", Packed.with("bzip2", backedQcow2())),
                Arguments.of("TAR_TRUNCATED", Arrays.copyOf(tar, 3 << 20)),
                Arguments.of(
                        "TAR_SEVERAL_DISKS",
                        new Tar().file("a", DISK).file("b", DISK).end()),
                Arguments.of(
                        "TAR_LINK",
                        new Tar().file("a", DISK).entry("b", '2', new byte[0]).end()),
                Arguments.of("TAR_NAME", new Tar().file("../a", DISK).end()));
    }

    @ParameterizedTest
    @MethodSource
    void what_cannot_be_unpacked(String code, byte[] source) throws IOException {
        registry.publish(TARGET, OTHER_DISK);
        serverThat(exchange -> exchange.serve(source, ETAG));
        assertFails(jobs.submit(request(TARGET, "/")), code, "");
        assertScratchIsEmpty();
        assertThat(registry.disk(TARGET)).as("what the tag meant before").isEqualTo(OTHER_DISK);
    }

    private static byte[] backedQcow2() {
        byte[] qcow2 = qcow2Header();
        ByteBuffer.wrap(qcow2).putLong(8, 104).putInt(16, 4);
        return qcow2;
    }

    @Test
    void an_import_that_waits_for_a_source_that_is_compressed_can_be_cancelled() throws IOException {
        byte[] gzip = Packed.with("gzip", DISK);
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + gzip.length);
            exchange.write(Arrays.copyOf(gzip, gzip.length / 2));
            Thread.sleep(Duration.ofSeconds(60));
        });
        ImportJob job = jobs.submit(request(TARGET, "/"));
        while (jobs.get(job.id()).progress().bytesReceived() < gzip.length / 2) {
            pause();
        }
        jobs.cancel(job.id());
        assertThat(await(job).phase()).isEqualTo(ImportPhase.CANCELLED);
        assertScratchIsEmpty();
    }

    @Test
    void an_image_that_is_not_of_the_format_it_is_said_to_be_is_refused() throws IOException {
        assertFails(
                jobs.submit(request("/", ImageFormat.QCOW2)),
                "IMAGE_FORMAT_MISMATCH",
                "declared as qcow2, but it is raw");
        assertThat(registry.find(TARGET)).isEmpty();
        assertThat(await(jobs.submit(request("/", ImageFormat.RAW))).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    private ImportRequest request(String path, ImageFormat declared) {
        ImportRequest request = request(TARGET, path);
        return new ImportRequest(
                request.repository(),
                request.tag(),
                request.source(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(declared));
    }

    /** Of an empty disk of 1 MiB: enough to be taken for a qcow2. */
    private static byte[] qcow2Header() {
        ByteBuffer header = ByteBuffer.allocate(256 << 10);
        header.putInt(0x514649fb).putInt(2).putLong(0).putInt(0).putInt(16).putLong(1 << 20);
        header.putInt(0)
                .putInt(1)
                .putLong(3 << 16)
                .putLong(1 << 16)
                .putInt(1)
                .putInt(0)
                .putLong(0);
        return header.array();
    }

    @Test
    void progress_never_goes_backwards() throws Exception {
        Semaphore pieces = new Semaphore(0);
        int piece = DISK.length / 16;
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + DISK.length);
            for (int i = 0; i < 16; i++) {
                pieces.acquire();
                exchange.write(Arrays.copyOfRange(DISK, i * piece, (i + 1) * piece));
            }
        });
        ImportJob job = jobs.submit(request(TARGET, "/"));
        List<ImportProgress> seen = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            pieces.release();
            for (int poll = 0; poll < 5; poll++) {
                seen.add(jobs.get(job.id()).progress());
                pause();
            }
        }
        seen.add(await(job).progress());

        assertThat(seen).extracting(ImportProgress::percent).isSorted().endsWith(100);
        assertThat(seen).extracting(ImportProgress::bytesReceived).isSorted().endsWith((long) DISK.length);
        assertThat(seen.subList(0, seen.size() - 1)).allMatch(progress -> progress.percent() < 100);
    }

    @Test
    void the_same_request_joins_the_import_that_is_under_way() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob first = jobs.submit(request(TARGET, "/"));
        ImportJob second = jobs.submit(request(TARGET, "/"));
        ImportJob other = jobs.submit(request("vms/debian:13", "/"));
        assertThat(second.id()).isEqualTo(first.id());
        assertThat(other.id()).isNotEqualTo(first.id());
        go.countDown();
        await(first);
        await(other);

        ImportJob again = jobs.submit(request(TARGET, "/"));
        assertThat(again.id()).isNotEqualTo(first.id());
        assertThat(await(again).image().map(ImageDetails::storedSize))
                .isEqualTo(await(first).image().map(ImageDetails::storedSize));
    }

    @Test
    void an_import_that_runs_is_cancelled() throws IOException {
        registry.publish(TARGET, OTHER_DISK);
        CountDownLatch go = serverThatWaits();
        ImportJob job = jobs.submit(request(TARGET, "/"));
        awaitPhase(job, ImportPhase.RUNNING);
        while (jobs.get(job.id()).progress().bytesReceived() == 0) {
            pause();
        }
        jobs.cancel(job.id());

        ImportJob ended = await(job);
        assertThat(ended.phase()).isEqualTo(ImportPhase.CANCELLED);
        assertThat(ended.failure()).isEmpty();
        assertThat(registry.disk(TARGET)).isEqualTo(OTHER_DISK);
        assertScratchIsEmpty();
        go.countDown();

        restart();
        assertThat(jobs.get(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
    }

    @Test
    void an_import_that_waits_for_its_turn_is_cancelled_at_once() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob running = jobs.submit(request(TARGET, "/"));
        ImportJob waiting = jobs.submit(request("vms/debian:13", "/"));
        assertThat(jobs.cancel(waiting.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        go.countDown();

        assertThat(await(running).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        await(jobs.submit(request("vms/debian:14", "/")));
        assertThat(jobs.get(waiting.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        assertThat(registry.find("vms/debian:13")).isEmpty();
    }

    @Test
    void a_cancelled_import_can_be_asked_for_again_at_once() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob first = jobs.submit(request(TARGET, "/"));
        awaitPhase(first, ImportPhase.RUNNING);
        jobs.cancel(first.id());
        ImportJob second = jobs.submit(request(TARGET, "/"));
        go.countDown();

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(await(second).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(await(first).phase()).isEqualTo(ImportPhase.CANCELLED);
    }

    @Test
    void cancelling_what_has_ended_changes_nothing() throws IOException {
        ImportJob ended = await(jobs.submit(request(TARGET, "/")));
        assertThat(jobs.cancel(ended.id())).isEqualTo(jobs.get(ended.id()));
        assertThat(jobs.get(ended.id()).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    @Test
    void a_restart_takes_up_what_was_not_finished() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob running = jobs.submit(request(TARGET, "/"));
        ImportJob waiting = jobs.submit(request("vms/debian:13", "/"));
        awaitPhase(running, ImportPhase.RUNNING);
        jobs.close();
        assertThat(registry.find(TARGET)).isEmpty();

        go.countDown();
        jobs = start();
        assertThat(await(running).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(await(waiting).phase()).isEqualTo(ImportPhase.SUCCEEDED);
        assertThat(registry.disk(TARGET)).isEqualTo(DISK);
    }

    @Test
    void a_job_that_a_restart_took_up_waits_until_it_runs_again() throws IOException {
        CountDownLatch go = serverThatWaits();
        List<ImportJob> submitted = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            submitted.add(jobs.submit(request("vms/debian:" + i, "/")));
        }
        awaitPhase(submitted.getFirst(), ImportPhase.RUNNING);
        restart();
        assertThat(jobs.list())
                .filteredOn(job -> job.phase() == ImportPhase.RUNNING)
                .hasSizeLessThanOrEqualTo(1);
        assertThat(jobs.list()).noneMatch(job -> job.phase().ended());
        go.countDown();
    }

    @Test
    void an_ended_job_is_known_after_a_restart() throws IOException {
        ImportJob succeeded = await(jobs.submit(request(TARGET, "/")));
        serverThat(exchange -> exchange.status(404));
        ImportJob failed = await(jobs.submit(request(TARGET, "/")));
        restart();
        assertThat(jobs.get(succeeded.id()).image()).isEqualTo(succeeded.image());
        assertThat(jobs.get(failed.id()).failure()).isEqualTo(failed.failure());
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void jobs_that_have_ended_are_forgotten_in_time() throws IOException {
        CountDownLatch go = serverThatWaits();
        ImportJob running = jobs.submit(request(TARGET, "/"));
        ImportJob cancelled = jobs.submit(request("vms/debian:13", "/"));
        ImportJob later = jobs.submit(request("vms/debian:14", "/"));
        jobs.cancel(cancelled.id());
        jobs.cancel(later.id());
        ImportRecords records = new ImportRecords(registry.store());

        assertThat(records.removeEnded(Instant.EPOCH, 2)).isZero();
        assertThat(records.removeEnded(Instant.EPOCH, 1)).isEqualTo(1);
        assertThat(jobs.list()).extracting(ImportJob::id).containsExactlyInAnyOrder(running.id(), later.id());
        assertThat(records.removeEnded(Instant.MAX, 100)).isEqualTo(1);
        assertThat(jobs.list()).extracting(ImportJob::id).containsExactly(running.id());
        go.countDown();
        assertThat(await(running).phase()).isEqualTo(ImportPhase.SUCCEEDED);
    }

    @Test
    void what_a_killed_import_left_in_scratch_is_removed_and_nothing_else() throws IOException {
        Files.write(scratch().resolve("11111111-2222-3333-4444-555555555555.import"), DISK);
        Path other = Files.write(scratch().resolve("other"), new byte[1]);
        restart();
        assertThat(scratch()).isDirectoryContaining(other::equals);
        try (var files = Files.list(scratch())) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_damaged_job_does_not_keep_the_server_from_starting() throws IOException {
        ImportJob job = await(jobs.submit(request(TARGET, "/")));
        String damaged = "00000000-2222-3333-4444-555555555555";
        registry.store().put(StoreLayout.importJob(damaged), ByteBuffer.wrap("{\"id\":".getBytes(UTF_8)));
        restart();
        assertThat(jobs.list()).extracting(ImportJob::id).containsExactly(job.id());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "11111111-2222-3333-4444-555555555555",
                "------------------------------------",
                "11111111222233334444555555555555----",
                "../../etc/passwd",
                "",
                "x",
            })
    void a_job_that_was_never_submitted_is_not_found(String id) {
        assertThatThrownBy(() -> jobs.get(id))
                .isInstanceOf(RegistryException.class)
                .extracting(e -> ((RegistryException) e).error())
                .isEqualTo(new NotFound("import " + id));
        assertThatThrownBy(() -> jobs.cancel(id)).isInstanceOf(RegistryException.class);
    }

    /** Sends half of the disk and the rest when told to; it holds back only while it has not been told. */
    private CountDownLatch serverThatWaits() throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        serverThat(exchange -> {
            exchange.head(200, "Content-Length: " + DISK.length, "ETag: " + ETAG);
            exchange.write(Arrays.copyOf(DISK, DISK.length / 2));
            go.await();
            exchange.write(Arrays.copyOfRange(DISK, DISK.length / 2, DISK.length));
        });
        return go;
    }
}
