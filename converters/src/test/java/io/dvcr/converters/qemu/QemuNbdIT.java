package io.dvcr.converters.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.CollectingSink;
import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.HolesOnly;
import io.dvcr.converters.MemoryDisk;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.format.ImageException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QemuNbdIT {
    private static final long LIMIT = 1L << 40;

    @TempDir
    Path directory;

    @AfterEach
    void no_process_is_left() {
        assertThat(RealQemu.children()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "10485760, , compat=0.10",
        "10485760, , compat=1.1",
        "10486272, , compat=1.1",
        "5000001, , compat=1.1",
        "1, , compat=1.1",
        "33554432, , cluster_size=512",
        "33554432, , 'cluster_size=4096,refcount_bits=1'",
        "33554432, , cluster_size=2M",
        "33554432, , preallocation=metadata",
        "33554432, , preallocation=falloc",
        "33554432, , lazy_refcounts=on",
        "33554432, -c, compat=0.10",
        "33554432, -c, compression_type=zlib",
        "33554432, -c, compression_type=zstd",
        "33554432, -c, 'compression_type=zstd,cluster_size=2M'",
    })
    void a_disk_is_read_as_qemu_reads_it(int size, String compressed, String options) throws IOException {
        byte[] content = MemoryDisk.random(size, size).bytes();
        Path image = qcow2(content, compressed == null ? "-q" : compressed, options);
        CollectingSink sink = new CollectingSink();
        try (RandomAccessDisk disk = open(image)) {
            DiskCopy.copy(disk, sink);
        }
        assertThat(sink.bytes()).isEqualTo(RealQemu.raw(image, directory.resolve("raw")));
        assertThat(Arrays.mismatch(sink.bytes(), content)).isIn(-1, size);
        if (size > 5_000_000 && !options.contains("falloc") && !options.contains("2M")) {
            assertThat(sink.zeroBytes()).isGreaterThan(size / 4);
        }
    }

    @Test
    void the_active_state_is_read_of_an_image_with_internal_snapshots() throws IOException {
        byte[] content = MemoryDisk.random(1 << 20, 1).bytes();
        Path image = qcow2(content, "-q", "compat=1.1");
        RealQemu.run("qemu-img", "snapshot", "-c", "before", image);
        RealQemu.run("qemu-io", "-f", "qcow2", "-c", "write -P 9 4096 8192", image);
        Arrays.fill(content, 4096, 4096 + 8192, (byte) 9);
        try (RandomAccessDisk disk = open(image)) {
            assertThat(read(disk)).isEqualTo(content);
        }
    }

    @Test
    void a_dirty_image_is_read() throws IOException {
        byte[] content = MemoryDisk.random(1 << 20, 1).bytes();
        Path image = qcow2(content, "-q", "lazy_refcounts=on");
        try (RandomAccessFile header = new RandomAccessFile(image.toFile(), "rw")) {
            header.seek(79);
            header.write(1);
        }
        try (RandomAccessDisk disk = open(image)) {
            assertThat(read(disk)).isEqualTo(content);
        }
    }

    @Test
    void an_empty_disk_of_many_terabytes_is_one_hole() throws IOException {
        Path image = directory.resolve("empty.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", image, "900G");
        HolesOnly holes = new HolesOnly();
        try (RandomAccessDisk disk = open(image)) {
            DiskCopy.copy(disk, holes);
        }
        assertThat(holes.zeroBytes()).isEqualTo(900L << 30);
    }

    @Test
    void the_process_has_no_privileges_and_nothing_of_it_is_left_behind() throws IOException {
        Path image = qcow2(MemoryDisk.random(1 << 20, 1).bytes(), "-q", "compat=1.1");
        Object owner = Files.getOwner(image);
        try (RandomAccessDisk _ = open(image)) {
            ProcessHandle process = RealQemu.children().findFirst().orElseThrow();
            assertThat(process.info().user()).isNotEqualTo(Optional.of("root"));
            assertThat(RealQemu.socketOf(process).getParent()).doesNotExist(); // a crash from now on leaves nothing
        }
        assertThat(RealQemu.children()).isEmpty();
        assertThat(Files.getOwner(image)).isEqualTo(owner);
    }

    @Test
    void a_process_that_dies_in_the_middle_fails_the_copy() throws IOException {
        Path image = qcow2(MemoryDisk.random(64 << 20, 1).bytes(), "-q", "compat=1.1");
        Path socket;
        try (RandomAccessDisk disk = open(image)) {
            ProcessHandle process = RealQemu.children().findFirst().orElseThrow();
            socket = RealQemu.socketOf(process);
            assertThatThrownBy(() -> DiskCopy.copy(disk, killing(process)))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("qemu-nbd has ended");
            assertThatThrownBy(() -> disk.read(0, ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
        }
        assertThat(socket.getParent()).doesNotExist();
    }

    @Test
    void a_disk_that_is_open_for_too_long_fails() throws Exception {
        Path image = qcow2(MemoryDisk.random(1 << 20, 1).bytes(), "-q", "compat=1.1");
        Limits brief = new Limits(Duration.ofSeconds(3), Duration.ofSeconds(5), 4L << 30, 0, 1000);
        try (RandomAccessDisk disk = new QemuNbd(RealQemu.tools(), brief, LIMIT).open(image)) {
            Thread.sleep(3500);
            assertThatThrownBy(() -> disk.read(0, ByteBuffer.allocate(1)))
                    .isInstanceOf(IOException.class)
                    .hasStackTraceContaining("TimedOut");
        }
    }

    @Test
    void a_hostile_image_is_refused_before_qemu_is_started() throws IOException {
        QemuTools none = new QemuTools(Path.of("/no/qemu-img"), Path.of("/no/qemu-nbd"), new Account.Own());
        QemuNbd qemu = new QemuNbd(none, RealQemu.LIMITS, LIMIT);
        for (Path image : hostile().toList()) {
            assertThatThrownBy(() -> qemu.open(image)).as(image.toString()).isInstanceOf(ImageException.class);
        }
    }

    @Test
    void an_image_that_qemu_does_not_open_is_an_error_that_says_why() throws IOException {
        Path image = qcow2(new byte[1 << 20], "-q", "compat=1.1");
        QemuTools tools = new QemuTools(
                RealQemu.tools().qemuImg(),
                Path.of("/no/qemu-nbd"),
                RealQemu.tools().account());
        assertThatThrownBy(() -> new QemuNbd(tools, RealQemu.LIMITS, LIMIT).open(image))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/no/qemu-nbd");
    }

    private Stream<Path> hostile() throws IOException {
        Path secret = Files.write(directory.resolve("secret"), new byte[1 << 20]);
        Path backed = directory.resolve("backed.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", secret, "-F", "raw", backed);
        Path external = directory.resolve("external.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", "data_file=" + secret, external, "1M");
        Path extended = directory.resolve("extended.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", "-o", "extended_l2=on", extended, "1M");
        Path flat = directory.resolve("flat.vmdk");
        RealQemu.run("qemu-img", "create", "-q", "-f", "vmdk", "-o", "subformat=monolithicFlat", flat, "1M");
        Path split = directory.resolve("split.vmdk");
        RealQemu.run("qemu-img", "create", "-q", "-f", "vmdk", "-o", "subformat=twoGbMaxExtentSparse", split, "1M");
        Path part = directory.resolve("split-s001.vmdk");
        Path parent = directory.resolve("parent.vmdk");
        RealQemu.run("qemu-img", "create", "-q", "-f", "vmdk", parent, "1M");
        Path child = directory.resolve("child.vmdk");
        RealQemu.run("qemu-img", "create", "-q", "-f", "vmdk", "-b", parent, "-F", "vmdk", child);
        Path qed = directory.resolve("disk.qed");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qed", qed, "1M");
        Path qcow = directory.resolve("disk.qcow");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow", qcow, "1M");
        return Stream.of(backed, external, extended, flat, split, part, child, qed, qcow);
    }

    private static DiskSink killing(ProcessHandle process) {
        return new DiskSink() {
            @Override
            public void data(ByteBuffer bytes) {
                process.destroyForcibly();
                bytes.position(bytes.limit());
            }

            @Override
            public void zeros(long lengthBytes) {}
        };
    }

    private static byte[] read(RandomAccessDisk disk) throws IOException {
        ByteBuffer content = ByteBuffer.allocate((int) disk.size());
        disk.read(0, content);
        return content.array();
    }

    private RandomAccessDisk open(Path image) throws IOException {
        return new QemuNbd(RealQemu.tools(), RealQemu.LIMITS, LIMIT).open(image);
    }

    private Path qcow2(byte[] content, String flag, String options) throws IOException {
        Path raw = Files.write(directory.resolve("source"), content);
        Path image = directory.resolve("image.qcow2");
        RealQemu.run("qemu-img", "convert", flag, "-f", "raw", "-O", "qcow2", "-o", options, raw, image);
        return image;
    }
}
