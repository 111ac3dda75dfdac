package io.dvcr.importers.job;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.importers.RealQemu;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.TestRegistry;
import io.dvcr.importers.source.AddressPolicy;
import io.dvcr.importers.source.Backoff;
import io.dvcr.importers.source.DownloadPatience;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.importers.source.HttpSource;
import io.dvcr.importers.source.WebServer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Blob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Imports of files that real programs made. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ImportJobsIT {
    private static final byte[] DISK = disk();

    @TempDir
    private Path directory;

    private TestRegistry registry;
    private HttpDownloader downloader;
    private ImportJobs jobs;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
        downloader = new HttpDownloader(
                new AddressPolicy(true),
                new DownloadPatience(
                        Duration.ofSeconds(10), new Backoff(3, Duration.ofMillis(1), Duration.ofMillis(2))));
        jobs = start();
    }

    private ImportJobs start() throws IOException {
        ImportLimits limits = new ImportLimits(1, 100, 1L << 40);
        return ImportJobs.start(
                registry.store(),
                registry.images(),
                TestSources.over(downloader),
                directory.resolve("scratch"),
                Clock.systemUTC(),
                limits,
                FaceSettings.DEFAULTS,
                ImportObserver.NONE);
    }

    @AfterEach
    void close() throws IOException {
        jobs.close();
        downloader.close();
        assertThat(directory.resolve("scratch")).isEmptyDirectory();
        registry.close();
    }

    private static byte[] disk() {
        byte[] disk = new byte[16 << 20];
        new Random(1).nextBytes(disk);
        Arrays.fill(disk, 2 << 20, 13 << 20, (byte) 0);
        return disk;
    }

    private ImportJob importFrom(byte[] content) throws IOException {
        try (WebServer server = WebServer.serving(content)) {
            return await(jobs.submit(request(server)), new ArrayList<>());
        }
    }

    private static ImportRequest request(WebServer server) {
        return new ImportRequest(
                new RepositoryName("vms/debian"),
                new Tag("12"),
                new HttpSource(server.url("/disk.img"), Optional.empty()));
    }

    private ImportJob await(ImportJob job, List<ImportProgress> seen) throws IOException {
        while (true) {
            ImportJob now = jobs.get(job.id());
            seen.add(now.progress());
            if (now.phase().ended()) {
                return now;
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compat=1.1", "compat=0.10", "compression_type=zstd", "cluster_size=512"})
    void a_qcow2_becomes_the_disk_that_is_in_it(String options) throws IOException {
        String compressed = options.startsWith("compression") ? "-c" : "-q";
        Path file = RealQemu.qcow2(DISK, directory.resolve("disk.qcow2"), compressed, "-o", options);
        ImportJob ended = importFrom(Files.readAllBytes(file));

        assertThat(ended.failure()).isEmpty();
        ImageDetails image = ended.image().orElseThrow();
        assertThat(image.format()).isEqualTo("qcow2");
        assertThat(image.virtualSize()).isEqualTo(DISK.length);
        assertThat(image.usedSize()).isEqualTo(5 << 20);
        assertThat(registry.disk("vms/debian:12")).isEqualTo(DISK);
    }

    @ParameterizedTest
    @CsvSource({
        "vmdk, vmdk, subformat=monolithicSparse",
        "vmdk, vmdk, subformat=streamOptimized",
        "vdi, vdi, static=off",
        "vdi, vdi, static=on",
        "vhd, vpc, 'subformat=dynamic,force_size=on'",
        "vhd, vpc, 'subformat=fixed,force_size=on'",
        "vhdx, vhdx, subformat=dynamic",
        "vhdx, vhdx, subformat=fixed",
    })
    void a_disk_of_another_program_becomes_the_disk_that_is_in_it(String format, String driver, String options)
            throws IOException {
        Path raw = Files.write(directory.resolve("raw"), DISK);
        Path file = directory.resolve("disk.image");
        RealQemu.run("qemu-img", "convert", "-q", "-f", "raw", "-O", driver, "-o", options, raw, file);
        ImportJob ended = importFrom(Files.readAllBytes(file));

        assertThat(ended.failure()).isEmpty();
        ImageDetails image = ended.image().orElseThrow();
        assertThat(image.format()).isEqualTo(format);
        assertThat(image.virtualSize()).isEqualTo(DISK.length);
        assertThat(registry.disk("vms/debian:12")).isEqualTo(DISK);
    }

    static Stream<Arguments> every_format_and_packing() {
        return Stream.of("raw", "iso", "qcow2", "vmdk", "vmdk:streamOptimized", "vdi", "vpc", "vhdx")
                .flatMap(format -> Stream.of(
                                "plain", "gz", "xz", "xz-T", "zst", "bz2", "gz xz", "tar", "tar gz", "tar zst", "ova")
                        .map(packing -> Arguments.of(format, packing)));
    }

    @ParameterizedTest
    @MethodSource("every_format_and_packing")
    void whatever_a_disk_is_packed_in_it_is_the_one_that_qemu_reads(String format, String packing) throws IOException {
        String driver = format.equals("iso") ? "raw" : format.split(":", 2)[0];
        Path file = made(format, driver);
        Path raw = directory.resolve("expected");
        RealQemu.run("qemu-img", "convert", "-f", driver, "-O", "raw", file, raw);
        byte[] source = Files.readAllBytes(packed(file, packing));
        ImportJob ended = importFrom(source);

        assertThat(ended.failure()).isEmpty();
        assertThat(ended.progress().bytesReceived()).isEqualTo(source.length);
        assertThat(ended.image().orElseThrow().format())
                .isEqualTo(format.equals("iso") ? "iso" : driver.replace("vpc", "vhd"));
        assertThat(registry.disk("vms/debian:12")).isEqualTo(Files.readAllBytes(raw));
        assertThat(config().sourceDigest()).contains(Digest.sha256(source));
    }

    private Path made(String format, String driver) throws IOException {
        byte[] disk = Arrays.copyOf(DISK, 3 << 20); // the last third is a hole
        if (format.equals("iso")) {
            System.arraycopy("\001CD001".getBytes(US_ASCII), 0, disk, 32768, 6);
        }
        Path raw = Files.write(directory.resolve("raw"), disk);
        Path file = directory.resolve("disk.vmdk"); // as an OVA has it; the bytes decide
        String options = format.contains(":") ? "subformat=" + format.split(":", 2)[1] : "";
        List<Object> words = new ArrayList<>(List.of("qemu-img", "convert", "-q", "-f", "raw", "-O", driver));
        words.addAll(options.isEmpty() ? List.of() : List.of("-o", options));
        words.addAll(List.of(raw, file));
        RealQemu.run(words.toArray());
        return file;
    }

    /** Packed by the programs of publishers, one after the other. */
    private Path packed(Path file, String packing) throws IOException {
        Path packed = file;
        for (String how : packing.split(" ", -1)) {
            packed = switch (how) {
                case "gz" -> compressed(packed, "gzip", ".gz");
                case "xz" -> compressed(packed, "xz", ".xz");
                case "xz-T" -> compressed(packed, "xz", ".xz", "-T", "2", "--block-size=1MiB");
                case "zst" -> compressed(packed, "zstd", ".zst");
                case "bz2" -> compressed(packed, "bzip2", ".bz2");
                case "tar" -> archived(packed.getFileName());
                case "ova" -> archived(describing("debian.ovf"), describing("debian.mf"), packed.getFileName());
                default -> packed;
            };
        }
        return packed;
    }

    private static Path compressed(Path file, String program, String suffix, String... options) throws IOException {
        List<Object> words = new ArrayList<>(List.of(program, "-q", "-k"));
        words.addAll(List.of(options));
        words.add(file);
        RealQemu.run(words.toArray());
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private Path archived(Path... names) throws IOException {
        Path archive = directory.resolve("archive.tar");
        List<Object> words = new ArrayList<>(List.of("tar", "-C", directory, "-cf", archive));
        words.addAll(List.of(names));
        RealQemu.run(words.toArray());
        return archive;
    }

    private Path describing(String name) throws IOException {
        return Files.writeString(directory.resolve(name), "<?xml version=\"1.0\"?>")
                .getFileName();
    }

    private DiskConfig config() throws IOException {
        BlobDescriptor blob =
                registry.find("vms/debian:12").orElseThrow().disk().config();
        return DiskConfig.parse(registry.content().blobs().readAll(new Blob(blob.digest(), blob.size())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"raw", "qcow2", "vmdk"})
    void a_disk_says_how_it_is_partitioned_whatever_the_format(String driver) throws IOException {
        byte[] disk = DISK.clone();
        Arrays.fill(disk, 446, 510, (byte) 0);
        disk[450] = (byte) 0xef; // an EFI system partition
        disk[454] = 1;
        disk[458] = 1;
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        Path raw = Files.write(directory.resolve("raw"), disk);
        Path file = directory.resolve("disk.image");
        RealQemu.run("qemu-img", "convert", "-q", "-f", "raw", "-O", driver, raw, file);
        ImageDetails image = importFrom(Files.readAllBytes(file)).image().orElseThrow();
        assertThat(image.partitionTable()).contains("mbr");
        assertThat(image.firmware()).contains("uefi");

        DiskConfig config = config();
        assertThat(config.partitionTable()).contains("mbr");
        assertThat(config.firmware()).contains("uefi");
        assertThat(config.sourceFormat()).isEqualTo(driver);
    }

    @Test
    void progress_never_goes_backwards_through_receiving_and_converting() throws IOException {
        Path file = RealQemu.qcow2(DISK, directory.resolve("disk.qcow2"));
        byte[] content = Files.readAllBytes(file);
        List<ImportProgress> seen = new ArrayList<>();
        try (WebServer server = WebServer.serving(content)) {
            await(jobs.submit(request(server)), seen);
        }
        assertThat(seen).extracting(ImportProgress::percent).isSorted().endsWith(100);
        assertThat(seen).extracting(ImportProgress::step).isSorted();
        assertThat(seen).extracting(ImportProgress::bytesReceived).isSorted().endsWith((long) content.length);
    }

    @Test
    void an_import_whose_disk_is_being_read_is_cancelled_at_once() throws IOException {
        Path file = directory.resolve("disk.vhdx");
        Path raw = Files.write(directory.resolve("disk.raw"), DISK);
        RealQemu.run("qemu-img", "convert", "-f", "raw", "-O", "vhdx", raw, file);
        byte[] content = Files.readAllBytes(file);
        try (WebServer server = WebServer.start(exchange -> {
            exchange.head(200, "Content-Length: " + content.length);
            exchange.write(Arrays.copyOf(content, content.length - 1000));
            Thread.sleep(Duration.ofSeconds(60));
        })) {
            ImportJob job = jobs.submit(request(server));
            while (jobs.get(job.id()).progress().bytesReceived() < content.length - 1000) {
                assertThat(jobs.get(job.id()).failure()).isEmpty();
                pause();
            }
            assertThat(jobs.cancel(job.id()).phase()).isEqualTo(ImportPhase.CANCELLED);
        }
        assertThat(registry.find("vms/debian:12")).isEmpty();
    }

    @Test
    void an_image_that_reads_another_file_is_refused() throws IOException {
        Path secret = Files.write(directory.resolve("secret"), new byte[1 << 20]);
        Path backed = directory.resolve("backed.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", secret, "-F", "raw", backed);
        ImportJob ended = importFrom(Files.readAllBytes(backed));
        assertThat(ended.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isNotEqualTo("INTERNAL");
        assertThat(ended.failure().orElseThrow().message()).contains("backing file");
    }

    @Test
    void a_qcow2_that_lacks_its_end_is_refused() throws IOException {
        Path file = RealQemu.qcow2(DISK, directory.resolve("disk.qcow2"));
        byte[] whole = Files.readAllBytes(file);
        ImportJob ended = importFrom(Arrays.copyOf(whole, whole.length / 2));
        assertThat(ended.phase()).isEqualTo(ImportPhase.FAILED);
        assertThat(ended.failure().orElseThrow().code()).isNotEqualTo("INTERNAL");
    }

    @Test
    void a_huge_disk_that_is_empty_takes_no_room() throws IOException {
        Path file = directory.resolve("empty.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", file, "900G");
        ImportJob ended = importFrom(Files.readAllBytes(file));
        ImageDetails image = ended.image().orElseThrow();
        assertThat(image.virtualSize()).isEqualTo(900L << 30);
        assertThat(image.usedSize()).isZero();
        assertThat(image.storedSize()).isLessThan(10_000);
    }
}
