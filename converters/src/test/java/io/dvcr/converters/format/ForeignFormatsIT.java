package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dvcr.converters.CollectingSink;
import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.HolesOnly;
import io.dvcr.converters.MemoryDisk;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RawDisk;
import io.dvcr.converters.qemu.QemuNbd;
import io.dvcr.converters.qemu.RealQemu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The formats of other programs, as QEMU makes them and as these programs do. */
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
        ImageInfo info = ImageInspector.inspect(image, 1L << 44);
        return info.plain()
                ? RawDisk.open(image, info.virtualSizeBytes())
                : new QemuNbd(RealQemu.tools(), RealQemu.LIMITS, 1L << 44).open(image);
    }
}
