package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dvcr.converters.CollectingSink;
import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.HolesOnly;
import io.dvcr.converters.MemoryDisk;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RawDisk;
import io.dvcr.converters.qemu.RealQemu;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What Java reads of other programs' formats, as QEMU makes them and as these programs do, is what qemu-img reads. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ForeignFormatsIT {
    private static final long LIMIT = 1L << 40;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "vmdk, subformat=monolithicSparse, 10486272, vmdk",
        "vmdk, 'subformat=monolithicSparse,zeroed_grain=on', 33554432, vmdk",
        "vmdk, 'subformat=monolithicSparse,hwversion=4', 5000001, vmdk",
        "vmdk, subformat=streamOptimized, 33554432, vmdk",
        "vmdk, subformat=streamOptimized, 10486272, vmdk",
        "vdi, static=off, 33554432, vdi",
        "vdi, static=off, 5000001, vdi",
        "vdi, static=on, 33554432, vdi",
        "vpc, subformat=dynamic, 33554432, vhd",
        "vpc, 'subformat=dynamic,force_size=on', 33555456, vhd",
        "vpc, 'subformat=dynamic,force_size=on', 5000001, vhd",
        "vpc, 'subformat=fixed,force_size=on', 33555456, vhd",
        "vpc, subformat=fixed, 33554432, vhd",
        "vhdx, subformat=dynamic, 33554432, vhdx",
        "vhdx, 'subformat=dynamic,block_size=1M,block_state_zero=off', 33555456, vhdx",
        "vhdx, 'subformat=dynamic,log_size=4M', 5000001, vhdx",
        "vhdx, 'subformat=dynamic,block_size=2M', 33554432, vhdx",
        "vhdx, 'subformat=dynamic,block_size=32M', 40000000, vhdx",
        "vhdx, 'subformat=dynamic,block_size=256M,block_state_zero=off', 33554432, vhdx",
        "vhdx, subformat=fixed, 33554432, vhdx",
    })
    void a_disk_is_read_as_qemu_reads_it(String driver, String options, int size, String format) throws IOException {
        byte[] content = MemoryDisk.random(size, size).bytes();
        Path raw = Files.write(directory.resolve("source"), content);
        Path image = directory.resolve("image");
        RealQemu.run("qemu-img", "convert", "-q", "-f", "raw", "-O", driver, "-o", options, raw, image);

        ImageInfo info = ImageInspector.inspect(image, LIMIT);
        assertThat(info.format()).hasToString(format);
        byte[] read = read(image);
        assertThat(read).isEqualTo(RealQemu.raw(driver, image, directory.resolve("raw")));
        assertThat(Arrays.mismatch(read, content)).isIn(-1, size);
        requireSamePieces(image, read);
    }

    private static void requireSamePieces(Path image, byte[] content) throws IOException {
        Random random = new Random(5);
        try (RandomAccessDisk disk = open(image)) {
            for (int i = 0; i < 50; i++) {
                int offset = random.nextInt(content.length);
                ByteBuffer piece = ByteBuffer.allocate(random.nextInt(Math.min(300_000, content.length - offset) + 1));
                disk.read(offset, piece);
                assertThat(piece.array()).isEqualTo(Arrays.copyOfRange(content, offset, offset + piece.capacity()));
            }
        }
    }

    /** What was written and taken away again, in the order of the file and not of the disk. */
    @ParameterizedTest
    @CsvSource({
        "vmdk, subformat=monolithicSparse",
        "vmdk, 'subformat=monolithicSparse,zeroed_grain=on'",
        "vdi, static=off",
        "vpc, 'subformat=dynamic,force_size=on'",
        "vhdx, 'subformat=dynamic,block_size=1M'",
    })
    void a_disk_that_was_in_use_is_read_as_qemu_reads_it(String driver, String options) throws IOException {
        Path image = directory.resolve("image");
        RealQemu.run("qemu-img", "create", "-q", "-f", driver, "-o", options, image, "100M");
        for (String write : new String[] {
            "write -P 3 90M 1M", "write -P 5 1000k 3M", "write -P 7 50M 70k", "write -z 2M 1M", "discard 3M 512k"
        }) {
            RealQemu.run("qemu-io", "-f", driver, "-d", "unmap", "-c", write, image);
        }
        byte[] read = read(image);
        assertThat(read).isEqualTo(RealQemu.raw(driver, image, directory.resolve("raw")));
        assertThat(read[51 << 20]).isZero();
        assertThat(read[90 << 20]).isEqualTo((byte) 3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("generated_images")
    void an_image_as_other_programs_make_it_is_read(String what, ImageBytes image, byte[] disk) throws IOException {
        assertThat(read(Files.write(directory.resolve("image"), image.toBytes())))
                .isEqualTo(disk);
    }

    static Stream<Arguments> generated_images() {
        return Stream.of(
                arguments("monolithicSparse", VmdkBytes.sparse(), VmdkBytes.disk()),
                arguments("streamOptimized with a footer", VmdkBytes.stream(), VmdkBytes.disk()),
                arguments("streamOptimized with its tables first", VmdkBytes.tablesFirst(), VmdkBytes.disk()),
                arguments("dynamic vdi", VdiBytes.dynamic(), VdiBytes.disk()),
                arguments("fixed vdi", VdiBytes.fixed(), VdiBytes.disk()),
                arguments("dynamic vhd, whose geometry cuts its end off", VhdBytes.dynamic(), VhdBytes.disk()),
                arguments("fixed vhd, whose geometry cuts its end off", VhdBytes.fixed(), VhdBytes.disk()),
                arguments("vhdx", VhdxBytes.image(), VhdxBytes.disk()));
    }

    @ParameterizedTest
    @CsvSource({"vmdk, 2000G", "vdi, 2000G", "vpc, 2000G", "vhdx, 2000G", "vhdx, 16T"})
    void an_empty_disk_of_terabytes_is_holes(String driver, String size) throws IOException {
        Path image = directory.resolve("image");
        RealQemu.run("qemu-img", "create", "-q", "-f", driver, image, size);
        HolesOnly holes = new HolesOnly();
        try (RandomAccessDisk disk = open(image)) {
            DiskCopy.copy(disk, holes);
        }
        assertThat(holes.zeroBytes()).isGreaterThanOrEqualTo(2000L << 30);
    }

    private byte[] read(Path image) throws IOException {
        CollectingSink sink = new CollectingSink();
        try (RandomAccessDisk disk = open(image)) {
            DiskCopy.copy(disk, sink);
        }
        return sink.bytes();
    }

    private static RandomAccessDisk open(Path image) throws IOException {
        ImageInspector inspector = new ImageInspector(1L << 44);
        ImageInfo info = inspector.inspectFile(image);
        return info.plain()
                ? RawDisk.open(image, info.virtualSizeBytes())
                : MappedFile.open(image, inspector.mapped().orElseThrow());
    }
}
