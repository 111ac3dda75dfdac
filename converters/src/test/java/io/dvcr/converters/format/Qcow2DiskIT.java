package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.converters.CollectingSink;
import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.HolesOnly;
import io.dvcr.converters.MemoryDisk;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.qemu.RealQemu;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Java reads of qcow2 images that qemu-img made is what qemu-img reads of them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class Qcow2DiskIT {
    private static final long LIMIT = 1L << 44;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "10485760, , compat=0.10",
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
        "33554432, -c, cluster_size=512",
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
            assertThat(sink.bytes()).isEqualTo(RealQemu.raw("qcow2", image, directory.resolve("raw")));
            requireSamePieces(disk, sink.bytes());
        }
        assertThat(Arrays.mismatch(sink.bytes(), content)).isIn(-1, size);
        if (size > 5_000_000 && !options.contains("preallocation") && !options.contains("2M")) {
            assertThat(sink.zeroBytes()).isGreaterThan(size / 4);
        }
    }

    @Test
    void the_active_state_is_read_of_an_image_with_internal_snapshots() throws IOException {
        byte[] content = MemoryDisk.random(1 << 20, 1).bytes();
        Path image = qcow2(content, "-q", "compat=1.1");
        RealQemu.run("qemu-img", "snapshot", "-c", "before", image);
        RealQemu.run("qemu-io", "-f", "qcow2", "-c", "write -P 9 4096 8192", "-c", "write -z 65536 65536", image);
        Arrays.fill(content, 4096, 4096 + 8192, (byte) 9);
        Arrays.fill(content, 65536, 2 * 65536, (byte) 0);
        assertThat(read(image)).isEqualTo(content);
    }

    @Test
    void a_dirty_image_is_read() throws IOException {
        byte[] content = MemoryDisk.random(1 << 20, 1).bytes();
        Path image = qcow2(content, "-q", "lazy_refcounts=on");
        try (RandomAccessFile header = new RandomAccessFile(image.toFile(), "rw")) {
            header.seek(79);
            header.write(1);
        }
        assertThat(read(image)).isEqualTo(content);
    }

    @Test
    void an_empty_disk_of_many_terabytes_is_one_hole() throws IOException {
        Path image = directory.resolve("empty.qcow2");
        RealQemu.run("qemu-img", "create", "-q", "-f", "qcow2", image, "16T");
        HolesOnly holes = new HolesOnly();
        try (RandomAccessDisk disk = open(image)) {
            DiskCopy.copy(disk, holes);
        }
        assertThat(holes.zeroBytes()).isEqualTo(16L << 40);
    }

    @ParameterizedTest
    @CsvSource({"zlib", "zstd"})
    void a_compressed_cluster_that_is_damaged_is_refused(String compression) throws IOException {
        Path image = qcow2(MemoryDisk.random(1 << 20, 1).bytes(), "-c", "compression_type=" + compression);
        byte[] damaged = Files.readAllBytes(image);
        Arrays.fill(damaged, 5 << 16, damaged.length, (byte) 0xff);
        Files.write(image, damaged, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> read(image))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        refusal -> assertThat(refusal.error().code()).isEqualTo("QCOW2_CLUSTER_UNREADABLE"));
    }

    private static void requireSamePieces(RandomAccessDisk disk, byte[] content) throws IOException {
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            int offset = random.nextInt(content.length);
            ByteBuffer piece = ByteBuffer.allocate(random.nextInt(Math.min(300_000, content.length - offset) + 1));
            disk.read(offset, piece);
            assertThat(piece.array()).isEqualTo(Arrays.copyOfRange(content, offset, offset + piece.capacity()));
        }
    }

    private byte[] read(Path image) throws IOException {
        CollectingSink sink = new CollectingSink();
        try (RandomAccessDisk disk = open(image)) {
            DiskCopy.copy(disk, sink);
        }
        return sink.bytes();
    }

    private static RandomAccessDisk open(Path image) throws IOException {
        ImageInspector inspector = new ImageInspector(LIMIT);
        inspector.inspectFile(image);
        return MappedFile.open(image, inspector.mapped().orElseThrow());
    }

    private Path qcow2(byte[] content, String flag, String options) throws IOException {
        Path raw = Files.write(directory.resolve("source"), content);
        Path image = directory.resolve("image.qcow2");
        RealQemu.run("qemu-img", "convert", flag, "-f", "raw", "-O", "qcow2", "-o", options, raw, image);
        return image;
    }
}
