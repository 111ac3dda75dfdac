package io.dvcr.importers.upload;

import static io.dvcr.importers.job.ImportPhase.PENDING;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.job.ImportJob;
import io.dvcr.importers.job.ImportJobs;
import io.dvcr.importers.job.ImportLimits;
import io.dvcr.importers.job.ImportObserver;
import io.dvcr.importers.job.ImportRequest;
import io.dvcr.importers.job.VdiFile;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.OpenedImage;
import io.dvcr.importers.source.SourceOpeners;
import io.dvcr.importers.source.VolumeSource;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.IncomingFile;
import io.dvcr.storage.content.IncomingFiles;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.content.UploadId;
import io.dvcr.storage.lease.LeaseSettings;
import io.dvcr.storage.lease.SharedLeases;
import io.dvcr.storage.object.ObjectKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of uploads that a crash, or their client, left at any step. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageUploadsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final long LIMIT = 4 << 20;
    private static final Optional<String> ALICE = Optional.of("alice");
    private static final String TARGET = "vms/sent:1";

    @TempDir
    private Path directory;

    private TestRegistry registry;
    private IncomingFiles files;
    private HttpDownloader downloader;
    private final CountDownLatch volumes = new CountDownLatch(1);
    private ImportJobs jobs;
    private ImageUploads uploads;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
        files = IncomingFiles.in(registry.store());
        downloader = new HttpDownloader(
                new AddressPolicy(true),
                new DownloadPatience(
                        Duration.ofSeconds(5), new Backoff(2, Duration.ofMillis(1), Duration.ofMillis(1))));
        jobs = ImportJobs.start(
                registry.store(),
                registry.images(),
                new SourceOpeners(downloader, ImageUploadsTest::none, this::lateVolume, new UploadedFiles(files)),
                directory.resolve("scratch"),
                Clock.systemUTC(),
                new ImportLimits(1, 1, LIMIT),
                FaceSettings.DEFAULTS,
                ImportObserver.NONE);
        uploads = uploadsAt(Duration.ZERO);
    }

    private static <S extends ImportSource> OpenedImage none(S source, RepositoryName target) {
        throw new AssertionError("not expected for " + target + ": " + source);
    }

    private OpenedImage lateVolume(VolumeSource source, RepositoryName target) throws IOException {
        try {
            volumes.await();
        } catch (InterruptedException e) {
            throw (IOException) new InterruptedIOException().initCause(e);
        }
        throw new NoSuchFileException(source.path().toString());
    }

    private ImportJob importVolume(int number) throws IOException {
        ImportSource volume = new VolumeSource(Path.of("/volumes/" + number), Optional.empty());
        return jobs.submit(new ImportRequest(new RepositoryName("vms/other"), new Tag("1"), volume), ALICE);
    }

    /** As seen so long from now. */
    private ImageUploads uploadsAt(Duration later) {
        return new ImageUploads(files, registry.images(), jobs, Clock.offset(Clock.systemUTC(), later), LIMIT);
    }

    @AfterEach
    void close() throws IOException {
        uploads.close();
        jobs.close();
        downloader.close();
        registry.close();
    }

    private static byte[] disk() {
        byte[] disk = new byte[100_000];
        new Random(1).nextBytes(disk);
        return disk;
    }

    private static ImageUploadRequest request(String more) throws IOException {
        return ImageUploadRequest.parse(new ObjectMapper().readTree("{\"target\":\"" + TARGET + "\"" + more + "}"));
    }

    private UploadToken begun(String more, byte[] bytes) throws IOException {
        return begun(more, bytes, false);
    }

    private UploadToken begun(String more, byte[] bytes, boolean finished) throws IOException {
        UploadToken token =
                uploads.begin(request(more), ALICE, Optional.empty(), DAY).token();
        try (ImageUploadWriter writer = uploads.open(token)) {
            writer.append(new ByteArrayInputStream(bytes));
            if (finished) {
                writer.finish();
            }
        }
        return token;
    }

    private void awaitImage(UploadToken token) throws IOException, InterruptedException {
        while (uploads.status(token).state() != UploadStatus.State.ENDED) {
            uploads.tidy();
            Thread.sleep(5);
        }
        uploads.tidy();
        assertThat(registry.disk(TARGET)).isEqualTo(disk());
        assertThat(jobs.list()).hasSize(1);
        assertThat(files.length(token.id())).isZero();
    }

    @Test
    void a_file_that_is_whole_is_imported_though_its_last_writer_could_not_say_so() throws Exception {
        awaitImage(begun(",\"size\":100000", disk()));
    }

    @Test
    void what_is_tidy_is_looked_at_without_a_right_that_other_servers_would_wait_for() throws Exception {
        awaitImage(begun("", disk(), true));
        UploadToken half = begun("", Arrays.copyOf(disk(), 1000));
        try (SharedLeases leases = SharedLeases.start(registry.store(), StoreLayout.LEASES, LeaseSettings.DEFAULTS)) {
            IncomingFiles shared = IncomingFiles.in(registry.store(), leases);
            new ImageUploads(shared, registry.images(), jobs, Clock.systemUTC(), LIMIT).tidy();
            assertThat(registry.store().list("leases/", Optional.empty(), 10)).isEmpty();

            Clock later = Clock.offset(Clock.systemUTC(), DAY.plusHours(1));
            new ImageUploads(shared, registry.images(), jobs, later, LIMIT).tidy();
            assertThat(files.record(half.id())).isEmpty();
        }
    }

    @Test
    void an_image_that_is_read_at_random_is_read_where_it_was_stored() throws Exception {
        Files.delete(directory.resolve("scratch")); // so there is no room for a copy
        byte[] disk = Arrays.copyOf(disk(), 2 << 20);
        UploadToken token = begun("", VdiFile.of(disk));
        try (ImageUploadWriter writer = uploads.open(token)) {
            writer.finish();
        }
        while (uploads.status(token).state() != UploadStatus.State.ENDED) {
            Thread.sleep(5);
        }
        assertThat(registry.disk(TARGET)).isEqualTo(disk);
    }

    @Test
    void a_file_whose_end_is_stored_is_imported_though_its_job_was_not() throws Exception {
        UploadToken token = begun("", disk());
        try (IncomingFile file = files.open(token.id())) {
            file.store(ImageUpload.parse(file.record()).finished(file.length()).toJson());
        }
        awaitImage(token);
    }

    @Test
    void a_file_whose_job_is_stored_is_not_imported_twice() throws Exception {
        UploadToken token = begun("", disk());
        try (IncomingFile file = files.open(token.id())) {
            ImageUpload whole = ImageUpload.parse(file.record()).finished(file.length());
            file.store(whole.toJson());
            jobs.submit(whole.request().importOf(token.id())); // which the record would have named next
        }
        awaitImage(token);
    }

    @Test
    void a_file_whose_owner_has_too_many_imports_waiting_is_kept_and_imported_when_one_is_done() throws Exception {
        for (ImportJob begun = importVolume(1); begun.phase() == PENDING; begun = jobs.get(begun.id())) {
            Thread.sleep(1);
        }
        importVolume(2);

        UploadToken token = begun("", disk());
        try (ImageUploadWriter writer = uploads.open(token)) {
            assertThat(writer.finish()).isEmpty();
        }
        uploads.tidy();
        assertThat(uploads.status(token).state()).isEqualTo(UploadStatus.State.IMPORTING);
        assertThat(files.length(token.id())).isEqualTo(100_000);

        volumes.countDown();
        while (uploads.status(token).state() != UploadStatus.State.ENDED) {
            uploads.tidy();
            Thread.sleep(5);
        }
        assertThat(registry.disk(TARGET)).isEqualTo(disk());
    }

    @Test
    void what_nobody_goes_on_with_is_removed_when_it_has_expired() throws IOException {
        UploadToken token = begun("", disk());
        uploadsAt(DAY.minusMinutes(1)).tidy();
        assertThat(uploads.status(token).offset()).isEqualTo(100_000);
        uploadsAt(DAY.plusMinutes(1)).tidy();
        assertThatThrownBy(() -> uploads.status(token)).isInstanceOf(RegistryException.class);
        assertThat(registry.store().list("incoming/", Optional.empty(), 10)).isEmpty();
    }

    @Test
    void what_has_become_of_a_file_is_told_until_it_expires() throws Exception {
        UploadToken token = begun(",\"size\":100000", disk());
        awaitImage(token);
        assertThat(uploads.status(token).offset()).isEqualTo(100_000);
        uploadsAt(DAY.plusMinutes(1)).tidy();
        assertThat(registry.store().list("incoming/", Optional.empty(), 10)).isEmpty();
        assertThat(registry.disk(TARGET)).isEqualTo(disk());
    }

    @Test
    void one_damaged_record_does_not_keep_others_from_being_looked_after() throws Exception {
        UploadId damaged = new UploadId(new UUID(0, 0)); // the first of all
        files.begin(damaged, "{".getBytes(UTF_8));
        awaitImage(begun(",\"size\":100000", disk()));
        assertThat(files.record(damaged)).isPresent();
    }

    @Test
    void a_part_that_was_not_verified_before_a_crash_is_not_kept() throws Exception {
        UploadToken token = begun("", new byte[10]);
        ObjectKey chunk = new ObjectKey("incoming/" + token.id() + "/chunk");
        registry.store().put(chunk, ByteBuffer.wrap(new byte[5]));
        byte[] part = Arrays.copyOf(disk(), 7);
        try (ImageUploadWriter writer = uploads.open(token)) {
            assertThat(registry.store().head(chunk)).isEmpty();
            MessageDigest hash = MessageDigest.getInstance("SHA-1");
            assertThat(writer.appendVerified(new ByteArrayInputStream(part), hash, new byte[20]))
                    .isFalse();
            byte[] right = MessageDigest.getInstance("SHA-1").digest(part);
            assertThat(writer.appendVerified(new ByteArrayInputStream(part), hash, right))
                    .isTrue();
            assertThat(writer.offset()).isEqualTo(17);
        }
        assertThat(registry.store().head(chunk)).isEmpty();
    }

    @Test
    void a_token_is_kept_nowhere() throws IOException {
        UploadToken token = begun("", new byte[10]);
        assertThat(new String(files.record(token.id()).orElseThrow(), UTF_8)).doesNotContain(token.text());
        assertThat(token.id().toString()).doesNotContain(token.text());
        assertThat(token.toString()).doesNotContain(token.text());
    }
}
