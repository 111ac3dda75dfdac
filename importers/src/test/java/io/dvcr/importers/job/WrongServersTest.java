package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.Checksum;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.TestCertificate;
import io.dvcr.importers.source.WebServer;
import io.dvcr.importers.source.WebServer.Behaviour;
import io.dvcr.importers.source.WebServer.Exchange;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What servers do wrong, as a table: how the import ends, and what it costs the source. It never leaves a file. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WrongServersTest {
    private static final int MIB = 1 << 20;
    private static final long LIMIT = 64L * MIB;
    private static final byte[] DISK = disk(1);
    private static final byte[] OTHER = disk(2);
    private static final String TAG = "\"1\"";
    private static final String LENGTH = "Content-Length: " + DISK.length;
    private static final String TARGET = "vms/debian:12";
    private static final String IMAGE = "";
    private static final DownloadPatience PATIENCE = new DownloadPatience(
            Duration.ofMillis(400),
            1024,
            new Backoff(6, Duration.ofMillis(1), Duration.ofMillis(2)),
            Duration.ofMillis(5));

    @TempDir
    private Path directory;

    private TestRegistry registry;
    private HttpDownloader downloader;
    private ImportJobs jobs;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
        downloader = new HttpDownloader(new AddressPolicy(true), PATIENCE);
        jobs = ImportJobs.start(
                registry.store(),
                registry.images(),
                TestSources.over(downloader),
                scratch(),
                Clock.systemUTC(),
                new ImportLimits(1, 100, LIMIT),
                FaceSettings.DEFAULTS,
                ImportObserver.NONE);
    }

    @AfterEach
    void close() throws IOException {
        jobs.close();
        downloader.close();
        registry.close();
    }

    private static byte[] disk(int seed) {
        byte[] disk = new byte[4 * MIB];
        new Random(seed).nextBytes(disk);
        return disk;
    }

    private Path scratch() {
        return directory.resolve("scratch");
    }

    /**
     * A way to be wrong.
     *
     * @param code of the error that the import ends with; empty if it succeeds
     * @param times how many times the disk's bytes may be sent in all
     */
    record Fault(String name, Behaviour server, String code, double times) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** A behaviour that knows how many requests came before. */
    @FunctionalInterface
    private interface Counting {
        void answer(Exchange exchange, int before) throws IOException, InterruptedException;
    }

    private static Behaviour counting(Counting behaviour) {
        AtomicInteger requests = new AtomicInteger();
        return exchange -> behaviour.answer(exchange, requests.getAndIncrement());
    }

    private static Stream<Fault> faults() {
        return Stream.of(passing(), cutting(), lying()).flatMap(rows -> rows);
    }

    private static Stream<Fault> passing() {
        return Stream.of(
                new Fault("none", exchange -> exchange.serve(DISK, TAG), IMAGE, 1.01),
                new Fault("403 on HEAD", WrongServersTest::refuseHead, IMAGE, 1.01),
                new Fault("503 three times out of four", counting(WrongServersTest::mostlyBusy), IMAGE, 1.01),
                new Fault("503 for ever", exchange -> exchange.status(503), "SOURCE_HTTP_STATUS", 0.01),
                new Fault("429 with Retry-After", counting(WrongServersTest::busyFirst), IMAGE, 1.01),
                new Fault("redirect to another host", WrongServersTest::redirectAcross, IMAGE, 1.01),
                new Fault(
                        "redirect to metadata",
                        exchange -> exchange.redirect("http://169.254.169.254/latest/user-data"),
                        "ADDRESS_REFUSED",
                        0.01),
                new Fault("redirect loop", exchange -> exchange.redirect("/"), "SOURCE_REDIRECTS", 0.01));
    }

    private static Stream<Fault> cutting() {
        return Stream.of(
                new Fault("cut at random bytes", cutAtRandom(), IMAGE, 1.01),
                new Fault(
                        "no Range, cut once",
                        counting((exchange, before) -> withoutRange(exchange, before, DISK)),
                        IMAGE,
                        1.6),
                new Fault(
                        "no Range, cut, then another file",
                        counting((exchange, before) -> withoutRange(exchange, before, OTHER)),
                        "SOURCE_CHANGED",
                        1.6),
                new Fault("changed ETag, same bytes", changedTag(DISK), IMAGE, 1.6),
                new Fault("changed ETag, other bytes", changedTag(OTHER), "SOURCE_CHANGED", 1.6),
                new Fault("slow drip", WrongServersTest::drip, "SOURCE_UNREACHABLE", 0.01),
                new Fault("gone in the middle", counting(WrongServersTest::goneLater), "SOURCE_HTTP_STATUS", 0.6));
    }

    private static Stream<Fault> lying() {
        return Stream.of(
                new Fault("Content-Length too large", WrongServersTest::tooLong, "SOURCE_LENGTH", 1.01),
                new Fault(
                        "Content-Length too large, no Range",
                        exchange -> {
                            exchange.head(200, "Content-Length: " + (DISK.length + 1));
                            exchange.write(DISK);
                        },
                        "SOURCE_UNREACHABLE",
                        6.01),
                new Fault(
                        "Content-Length too small",
                        exchange -> {
                            exchange.head(200, "Content-Length: " + MIB);
                            exchange.write(DISK);
                        },
                        "CHECKSUM_MISMATCH",
                        1.01),
                new Fault("no Content-Length", WrongServersTest::withoutLength, IMAGE, 1.01),
                new Fault("a disk as text/html", exchange -> typed(exchange, DISK), IMAGE, 1.01),
                new Fault(
                        "a login page with 200",
                        exchange -> typed(exchange, "<!DOCTYPE html><form>".getBytes(US_ASCII)),
                        "SOURCE_NOT_AN_IMAGE",
                        0.01),
                new Fault(
                        "an exotic content coding",
                        exchange -> exchange.head(200, LENGTH, "Content-Encoding: br"),
                        "SOURCE_ENCODING",
                        0.01),
                new Fault(
                        "more announced than may be",
                        exchange -> exchange.head(200, "Content-Length: " + (1L << 50)),
                        "SOURCE_TOO_LARGE",
                        0.01),
                new Fault("endless body", WrongServersTest::endless, "IMAGE_TOO_LARGE", 20));
    }

    private static void refuseHead(Exchange exchange) throws IOException {
        if (exchange.requestLine().startsWith("HEAD")) {
            exchange.status(403);
        } else {
            exchange.serve(DISK, TAG);
        }
    }

    /** And it cuts every answer that it gives. */
    private static void mostlyBusy(Exchange exchange, int before) throws IOException {
        if (before % 4 == 3) {
            exchange.serve(DISK, TAG, Math.min(exchange.rangeStart() + MIB + 1, DISK.length));
        } else {
            exchange.status(503);
        }
    }

    private static void busyFirst(Exchange exchange, int before) throws IOException {
        if (before == 0) {
            exchange.head(429, "Content-Length: 0", "Retry-After: 120");
        } else {
            exchange.serve(DISK, TAG);
        }
    }

    private static void redirectAcross(Exchange exchange) throws IOException {
        String host = exchange.header("Host").orElseThrow();
        if (host.startsWith("127.0.0.1:")) {
            exchange.redirect("http://" + host.replace("127.0.0.1", "localhost") + "/elsewhere");
        } else {
            exchange.serve(DISK, TAG);
        }
    }

    private static Behaviour cutAtRandom() {
        long seed = System.nanoTime();
        System.out.println("cut at random bytes: seed " + seed);
        Random random = new Random(seed);
        return counting((exchange, before) -> {
            int left = DISK.length - exchange.rangeStart();
            int cutAt = before < 40 ? exchange.rangeStart() + random.nextInt(Math.min(left, 200_000) + 1) : DISK.length;
            exchange.serve(DISK, TAG, Math.min(cutAt, DISK.length));
        });
    }

    private static void withoutRange(Exchange exchange, int before, byte[] later) throws IOException {
        exchange.head(200, LENGTH);
        exchange.write(before == 0 ? Arrays.copyOf(DISK, DISK.length / 2) : later);
    }

    private static Behaviour changedTag(byte[] later) {
        return counting((exchange, before) -> {
            if (before == 0) {
                exchange.serve(DISK, TAG, DISK.length / 2);
            } else {
                exchange.serve(later, "\"2\"");
            }
        });
    }

    private static void drip(Exchange exchange) throws IOException, InterruptedException {
        int position = exchange.rangeStart();
        exchange.serve(DISK, TAG, position);
        while (true) {
            exchange.write(new byte[] {DISK[position++]});
            Thread.sleep(10);
        }
    }

    private static void goneLater(Exchange exchange, int before) throws IOException {
        if (before == 0) {
            exchange.serve(DISK, TAG, DISK.length / 2);
        } else {
            exchange.status(404);
        }
    }

    private static void tooLong(Exchange exchange) throws IOException {
        if (exchange.header("Range").isPresent()) {
            exchange.head(416, "Content-Length: 0", "Content-Range: bytes */" + DISK.length);
        } else {
            exchange.head(200, "Content-Length: " + (DISK.length + 1), "ETag: " + TAG);
            exchange.write(DISK);
        }
    }

    private static void withoutLength(Exchange exchange) throws IOException {
        exchange.head(200);
        exchange.write(DISK);
    }

    private static void typed(Exchange exchange, byte[] content) throws IOException {
        exchange.head(200, "Content-Length: " + content.length, "Content-Type: text/html");
        exchange.write(content);
    }

    private static void endless(Exchange exchange) throws IOException {
        exchange.head(200);
        while (true) {
            exchange.write(DISK);
        }
    }

    private ImportJob run(URI url) throws IOException, InterruptedException {
        ImageReference target = ImageReference.parse(TARGET);
        Reference.ByTag tag = (Reference.ByTag) target.reference();
        Checksum checksum = new Checksum(Checksum.Algorithm.SHA256, sha256(DISK));
        ImportJob job = jobs.submit(
                new ImportRequest(target.repository(), tag.tag(), new HttpSource(url, Optional.of(checksum))));
        while (!job.phase().ended()) {
            Thread.sleep(2);
            job = jobs.get(job.id());
        }
        return job;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String code(ImportJob job) {
        return job.failure().map(ImportFailure::code).orElse(IMAGE);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void each_fault_has_its_outcome_and_leaves_nothing(Fault fault) throws Exception {
        try (WebServer server = WebServer.start(fault.server())) {
            ImportJob ended = run(server.url("/disk.img"));

            assertThat(ended.failure().map(ImportFailure::toString).orElse(IMAGE))
                    .contains(fault.code());
            assertThat(code(ended)).isEqualTo(fault.code());
            if (fault.code().isEmpty()) {
                assertThat(registry.disk(TARGET)).isEqualTo(DISK);
            } else {
                assertThat(registry.find(TARGET)).isEmpty();
            }
            assertThat((double) server.sent() / DISK.length).isLessThanOrEqualTo(fault.times());
            assertThat(server.requests())
                    .noneMatch(request -> request.requestLine().startsWith("HEAD"));
        }
        assertThat(scratch()).isEmptyDirectory();
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused_at_once() throws Exception {
        TestCertificate own = TestCertificate.make(directory, "ip:127.0.0.1");
        try (WebServer server = WebServer.start(own.server(), exchange -> exchange.serve(DISK, TAG))) {
            ImportJob ended = run(server.url("/disk.img"));
            assertThat(code(ended)).isEqualTo("SOURCE_UNTRUSTED");
            assertThat(server.requests()).isEmpty();
        }
    }

    /** Whether or not what is in it can be read, it is not the bytes that came. */
    @Test
    void a_disk_that_is_served_gzipped_is_never_taken_for_a_raw_one() throws Exception {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(DISK);
        }
        try (WebServer server = WebServer.start(exchange -> {
            exchange.head(200, "Content-Length: " + zipped.size(), "Content-Encoding: gzip");
            exchange.write(zipped.toByteArray());
        })) {
            ImportJob ended = run(server.url("/disk.img"));
            assertThat(code(ended)).isIn("IMAGE_FORMAT_UNSUPPORTED", "CHECKSUM_MISMATCH");
            assertThat(registry.find(TARGET)).isEmpty();
        }
    }
}
