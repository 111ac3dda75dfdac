package io.dvcr.converters.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.MemoryDisk;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.nbd.NbdServer;
import io.dvcr.converters.nbd.SocketDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QemuImgIT {
    @TempDir
    Path directory;

    @AfterEach
    void no_process_is_left() {
        assertThat(RealQemu.children()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(OutputFormat.class)
    void every_format_holds_the_disk_as_qemu_reads_it(OutputFormat format) throws IOException {
        MemoryDisk disk = MemoryDisk.random(40_000_001, 5);
        byte[] wholeSectors = Arrays.copyOf(disk.bytes(), (40_000_001 + 511) / 512 * 512);
        Path raw = Files.write(directory.resolve("raw"), wholeSectors);
        Path image = directory.resolve("image");
        new QemuImg(RealQemu.tools(), RealQemu.LIMITS).convert(disk, format, image);

        String driver = format.arguments().get(1);
        RealQemu.run("qemu-img", "compare", "-f", "raw", "-F", driver, raw, image);
        assertThat(RealQemu.run("qemu-img", "info", "-f", driver, "--output=json", image))
                .contains("\"virtual-size\": " + wholeSectors.length);
    }

    @Test
    void a_vmdk_is_stream_optimized() throws IOException {
        Path image = directory.resolve("image");
        new QemuImg(RealQemu.tools(), RealQemu.LIMITS).convert(MemoryDisk.random(4 << 20, 5), OutputFormat.VMDK, image);
        assertThat(RealQemu.run("qemu-img", "info", "-f", "vmdk", image)).contains("create type: streamOptimized");
    }

    @ParameterizedTest
    @EnumSource(value = OutputFormat.class, mode = EnumSource.Mode.MATCH_ALL, names = "^QCOW2.*")
    void a_disk_becomes_an_image_of_the_same_content(OutputFormat format) throws IOException {
        MemoryDisk disk = MemoryDisk.random(40_000_001, 5);
        Path image = directory.resolve("image");
        new QemuImg(RealQemu.tools(), RealQemu.LIMITS).convert(disk, format, image);

        byte[] wholeSectors = Arrays.copyOf(disk.bytes(), (40_000_001 + 511) / 512 * 512);
        assertThat(RealQemu.raw(image, directory.resolve("raw"))).isEqualTo(wholeSectors);
        assertThat(ImageInspector.inspect(image, 1L << 40).format()).isEqualTo(ImageFormat.QCOW2);
        assertThat(Files.size(image)).isLessThan(wholeSectors.length * 3L / 4);
        assertThat(Files.getOwner(image)).isEqualTo(Files.getOwner(directory));
        RealQemu.run("qemu-img", "check", "-f", "qcow2", image);
    }

    @Test
    void a_disk_that_fails_leaves_no_file() throws IOException {
        MemoryDisk disk = MemoryDisk.random(4 << 20, 5);
        disk.breakDown();
        Path image = directory.resolve("image");
        assertThatThrownBy(
                        () -> new QemuImg(RealQemu.tools(), RealQemu.LIMITS).convert(disk, OutputFormat.QCOW2, image))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Input/output error");
        assertThat(image).doesNotExist();
    }

    @Test
    void a_conversion_that_takes_too_long_is_killed_and_leaves_no_file() throws IOException {
        MemoryDisk disk = MemoryDisk.random(64 << 20, 5);
        disk.takeAtLeast(1000);
        Limits brief = new Limits(Duration.ofMillis(500), Duration.ofSeconds(5), 4L << 30, 1L << 30, 1000);
        Path image = directory.resolve("image");
        assertThatThrownBy(() -> new QemuImg(RealQemu.tools(), brief).convert(disk, OutputFormat.QCOW2, image))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TimedOut");
        assertThat(image).doesNotExist();
    }

    @Test
    void an_image_over_the_file_size_limit_is_not_made() throws IOException {
        Limits small = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(5), 4L << 30, 1 << 20, 1000);
        Path image = directory.resolve("image");
        MemoryDisk disk = MemoryDisk.random(16 << 20, 5);
        assertThatThrownBy(() -> new QemuImg(RealQemu.tools(), small).convert(disk, OutputFormat.QCOW2, image))
                .isInstanceOf(IOException.class);
        assertThat(image).doesNotExist();
    }

    @Test
    void a_file_that_is_there_already_is_not_touched() throws IOException {
        Path image = Files.writeString(directory.resolve("image"), "precious");
        assertThatThrownBy(() -> new QemuImg(RealQemu.tools(), RealQemu.LIMITS)
                        .convert(MemoryDisk.random(4096, 5), OutputFormat.QCOW2, image))
                .isInstanceOf(IOException.class);
        assertThat(image).hasContent("precious");
    }

    @Test
    void other_clients_of_qemu_find_their_way_around_our_server() throws IOException {
        byte[] content = new byte[1 << 20];
        Arrays.fill(content, 65536, 131072, (byte) 0x5a);
        try (SocketDirectory sockets = SocketDirectory.create();
                NbdServer _ = NbdServer.listen(sockets.socket(), new MemoryDisk(content))) {
            String uri = "nbd+unix:///?socket=" + sockets.socket();
            assertThat(RealQemu.run("qemu-nbd", "--list", "--socket=" + sockets.socket()))
                    .contains("exports available: 1", "size:  1048576", "readonly", "base:allocation");
            assertThat(RealQemu.run("qemu-io", "-r", "-f", "raw", "-c", "read -P 0x5a 65536 65536", uri))
                    .contains("read 65536/65536");
            assertThat(RealQemu.run("qemu-io", "-r", "-f", "raw", "-c", "read -P 0 131073 1000", uri))
                    .contains("read 1000/1000");
            assertThat(RealQemu.run("qemu-img", "map", "-f", "raw", "--output=json", uri))
                    .contains("\"start\": 65536, \"length\": 65536")
                    .contains("\"start\": 131072, \"length\": 917504");
        }
    }
}
