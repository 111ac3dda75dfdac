package io.dvcr.importers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.format.ImageFormat;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.WebServer;
import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Imports from a real web server into a real file system; nothing needs QEMU. */
abstract class ImportingTest {
    static final long LIMIT = 64 << 20;
    static final byte[] DISK = disk(1);
    static final byte[] OTHER_DISK = disk(2);
    static final String TARGET = "vms/debian:12";
    static final String ETAG = "\"1\"";

    @TempDir
    Path directory;

    TestRegistry registry;
    HttpDownloader downloader;
    WebServer server;
    ImportJobs jobs;

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

    static byte[] disk(int seed) {
        byte[] disk = new byte[4 << 20];
        new Random(seed).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 2 << 20, (byte) 0);
        return disk;
    }

    ImportJobs start() throws IOException {
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

    void restart() throws IOException {
        jobs.close();
        jobs = start();
    }

    Path scratch() {
        return directory.resolve("scratch");
    }

    void serverThat(Behaviour behaviour) throws IOException {
        server.close();
        server = WebServer.start(behaviour);
    }

    ImportRequest request(String target, String path) {
        return request(target, path, Optional.empty());
    }

    ImportRequest request(String target, String path, Optional<Checksum> checksum) {
        ImageReference reference = ImageReference.parse(target);
        Reference.ByTag named = (Reference.ByTag) reference.reference();
        return new ImportRequest(reference.repository(), named.tag(), new HttpSource(server.url(path), checksum));
    }

    ImportRequest request(String target, String base, String path) {
        ImportRequest request = request(target, path);
        return new ImportRequest(
                request.repository(),
                request.tag(),
                request.source(),
                Optional.of(ImageReference.parse(base)),
                Optional.empty(),
                Optional.empty());
    }

    ImportJob await(ImportJob job) throws IOException {
        return await(job.id());
    }

    ImportJob await(String id) throws IOException {
        while (true) {
            ImportJob now = jobs.get(id);
            if (now.phase().ended()) {
                return now;
            }
            pause();
        }
    }

    void awaitPhase(ImportJob job, ImportPhase phase) throws IOException {
        while (jobs.get(job.id()).phase() != phase) {
            pause();
        }
    }

    static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    void assertFails(ImportJob job, String code, String message) throws IOException {
        ImportJob ended = await(job);
        assertThat(ended.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isEqualTo(code);
        assertThat(ended.failure().orElseThrow().message()).contains(message);
        assertThat(ended.image()).isEmpty();
    }

    void assertScratchIsEmpty() {
        assertThat(scratch()).isEmptyDirectory();
    }

    ImportRequest request(String path, ImageFormat declared) {
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
    static byte[] qcow2Header() {
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

    /** Sends half of the disk and the rest when told to; it holds back only while it has not been told. */
    CountDownLatch serverThatWaits() throws IOException {
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
