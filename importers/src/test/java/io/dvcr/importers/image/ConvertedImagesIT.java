package io.dvcr.importers.image;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.qemu.Account;
import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.converters.qemu.QemuImg;
import io.dvcr.converters.qemu.QemuTools;
import io.dvcr.importers.RealQemu;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversions by a real qemu-img. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConvertedImagesIT {
    private static final long PLENTY = 1L << 40;

    @TempDir
    private Path directory;

    private TestRegistry registry;

    @BeforeEach
    void open() throws IOException {
        registry = TestRegistry.in(directory.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        registry.close();
    }

    private ConvertedImages converted(long maxBytes) throws IOException {
        return converted(maxBytes, RealQemu.tools());
    }

    private ConvertedImages converted(long maxBytes, QemuTools tools) throws IOException {
        return ConvertedImages.in(kept(), maxBytes, registry.images(), new QemuImg(tools, QemuImg.DEFAULT_LIMITS));
    }

    private Path kept() {
        return directory.resolve("converted");
    }

    private StoredImage image(int seed) throws IOException {
        String name = "vms/debian:" + seed;
        registry.publish(name, disk(seed));
        return registry.find(name).orElseThrow();
    }

    private static byte[] disk(int seed) {
        byte[] disk = new byte[4 << 20];
        new Random(seed).nextBytes(disk);
        Arrays.fill(disk, 1 << 20, 3 << 20, (byte) 0);
        return disk;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(kept())) {
            return files.toList();
        }
    }

    @Test
    void the_file_holds_the_disk_and_its_holes() throws IOException {
        Path file = converted(PLENTY).get(image(1), OutputFormat.QCOW2);
        assertThat(RealQemu.raw(file)).isEqualTo(disk(1));
        assertThat(file).hasExtension("qcow2");
        assertThat(Files.size(file)).isLessThan(3 << 20);
    }

    @Test
    void a_file_is_made_once_however_many_ask() throws Exception {
        ConvertedImages converted = converted(PLENTY);
        StoredImage image = image(1);
        List<Future<Path>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 40; i++) {
                answers.add(threads.submit(() -> converted.get(image, OutputFormat.QCOW2)));
            }
        }
        Path file = answers.getFirst().get();
        Object first = Files.getAttribute(file, "unix:ino");
        for (Future<Path> answer : answers) {
            assertThat(answer.get()).isEqualTo(file);
        }
        assertThat(converted.get(image, OutputFormat.QCOW2)).isEqualTo(file);
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(first);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void each_format_and_each_image_has_its_own_file() throws IOException {
        ConvertedImages converted = converted(PLENTY);
        Path plain = converted.get(image(1), OutputFormat.QCOW2);
        Path compressed = converted.get(image(1), OutputFormat.QCOW2_ZSTD);
        Path other = converted.get(image(2), OutputFormat.QCOW2);
        assertThat(files()).containsExactlyInAnyOrder(plain, compressed, other);
    }

    @Test
    void a_file_survives_a_restart() throws IOException {
        Path file = converted(PLENTY).get(image(1), OutputFormat.QCOW2);
        Object before = Files.getAttribute(file, "unix:ino");
        converted(PLENTY).get(image(1), OutputFormat.QCOW2);
        assertThat(Files.getAttribute(file, "unix:ino")).isEqualTo(before);
    }

    @Test
    void what_a_crash_left_unfinished_is_removed() throws IOException {
        StoredImage image = image(1);
        Files.createDirectories(kept());
        Path leftover = kept().resolve(image.details().digest().hex() + ".qcow2.making");
        Files.write(leftover, new byte[100]);

        ConvertedImages converted = converted(PLENTY);
        assertThat(files()).isEmpty();
        assertThat(RealQemu.raw(converted.get(image, OutputFormat.QCOW2))).isEqualTo(disk(1));
    }

    @Test
    void who_has_a_file_open_reads_it_to_its_end_though_it_makes_room() throws IOException {
        ConvertedImages converted = converted(1);
        try (ConvertedFile open = converted.open(image(1), OutputFormat.QCOW2)) {
            Path other = converted.get(image(2), OutputFormat.QCOW2);
            assertThat(files()).containsExactly(other);

            Path read = directory.resolve("read.qcow2");
            try (FileChannel target = FileChannel.open(read, CREATE_NEW, WRITE)) {
                open.channel().transferTo(0, open.channel().size(), target);
            }
            assertThat(RealQemu.raw(read)).isEqualTo(disk(1));
        }
    }

    @Test
    void a_file_that_is_made_anew_has_another_version_and_one_that_is_used_again_the_same() throws IOException {
        ConvertedImages converted = converted(1);
        String first = version(converted);
        assertThat(version(converted)).isEqualTo(first);
        assertThat(version(converted(1))).as("after a restart").isEqualTo(first);

        converted.get(image(2), OutputFormat.QCOW2);
        assertThat(version(converted)).isNotEqualTo(first);
    }

    private String version(ConvertedImages converted) throws IOException {
        try (ConvertedFile open = converted.open(image(1), OutputFormat.QCOW2)) {
            return open.version();
        }
    }

    @Test
    void the_longest_unused_makes_room() throws IOException {
        ConvertedImages converted = converted(6 << 20); // two of them
        Path first = converted.get(image(1), OutputFormat.QCOW2);
        Path second = converted.get(image(2), OutputFormat.QCOW2);
        age(first, 20);
        age(second, 10);
        converted.get(image(1), OutputFormat.QCOW2); // used again

        Path third = converted.get(image(3), OutputFormat.QCOW2);
        assertThat(files()).containsExactlyInAnyOrder(first, third);
        assertThat(RealQemu.raw(converted.get(image(2), OutputFormat.QCOW2))).isEqualTo(disk(2));
    }

    private static void age(Path file, int minutes) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60L * minutes)));
    }

    @Test
    void the_newest_stays_even_if_it_alone_is_too_large() throws IOException {
        ConvertedImages converted = converted(1);
        converted.get(image(1), OutputFormat.QCOW2);
        Path second = converted.get(image(2), OutputFormat.QCOW2);
        assertThat(files()).containsExactly(second);
    }

    @Test
    void a_failure_leaves_nothing_and_the_next_call_tries_again() throws IOException {
        Path broken = Files.createSymbolicLink(directory.resolve("qemu-img"), Path.of("/bin/false"));
        QemuTools tools = new QemuTools(broken, new Account.Own());
        ConvertedImages converted = converted(PLENTY, tools);
        StoredImage image = image(1);
        assertThatThrownBy(() -> converted.get(image, OutputFormat.QCOW2)).isInstanceOf(IOException.class);
        assertThat(files()).isEmpty();

        Files.delete(broken);
        Files.createSymbolicLink(broken, RealQemu.tools().qemuImg());
        assertThat(RealQemu.raw(converted.get(image, OutputFormat.QCOW2))).isEqualTo(disk(1));
    }
}
