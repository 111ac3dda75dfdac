package io.dvcr.importers.unpack;

import static io.dvcr.importers.unpack.UnpackTests.DISK;
import static io.dvcr.importers.unpack.UnpackTests.LIMITS;
import static io.dvcr.importers.unpack.UnpackTests.assertContainerDiskRefused;
import static io.dvcr.importers.unpack.UnpackTests.assertRefused;
import static io.dvcr.importers.unpack.UnpackTests.read;
import static io.dvcr.importers.unpack.UnpackTests.readContainerDisk;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.importers.unpack.UnpackError.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TarDiskTest {
    private static final byte[] NOTHING = new byte[0];

    private static byte[] ova(byte[] disk) {
        return new Tar()
                .file("debian.ovf", "<?xml version=\"1.0\"?><Envelope/>".getBytes(UTF_8))
                .file("debian.mf", "SHA256(debian.ovf)= 00".getBytes(UTF_8))
                .file("debian.cert", "-----BEGIN CERTIFICATE-----".getBytes(UTF_8))
                .file("debian-disk1.vmdk", disk)
                .file("debian-1.nvram", new byte[540])
                .end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "xz", "zstd", "bzip2"})
    void the_one_file_of_a_tar_comes_out(String how) throws IOException {
        byte[] tar = new Tar()
                .directory("./")
                .directory("a/")
                .file("a/disk.raw", DISK)
                .end();
        assertThat(read(Packed.with(how, tar))).isEqualTo(DISK);
        assertThat(read(Packed.with(how, ova(DISK)))).isEqualTo(DISK);
    }

    @Test
    void the_file_in_a_tar_may_be_compressed_and_the_tar_too() throws IOException {
        byte[] tar = new Tar().file("disk.img.xz", Packed.with("xz", DISK)).end();
        assertThat(read(tar)).isEqualTo(DISK);
        assertThat(read(Packed.with("gzip", tar))).isEqualTo(DISK);
        assertRefused(Packed.with("gzip", Packed.with("gzip", tar)), Fault.COMPRESSION_NESTED);
    }

    @Test
    void a_tar_of_old_has_only_its_checksum() throws IOException {
        assertThat(read(new Tar().old("disk.img", DISK).end())).isEqualTo(DISK);
    }

    @Test
    void long_names_and_sizes_are_read_as_gnu_and_pax_write_them() throws IOException {
        String name = "disk/" + "n".repeat(200);
        byte[] gnu = new Tar()
                .entry("././@LongLink", 'L', (name + "\0").getBytes(UTF_8))
                .file("disk/nnn", DISK)
                .end();
        byte[] pax = new Tar()
                .entry("pax", 'x', "20 path=disk/a.qcow2\n15 size=300001\n".getBytes(UTF_8))
                .entry("other", '0', "00000000000", DISK)
                .end();
        for (byte[] tar : new byte[][] {gnu, pax}) {
            assertThat(read(tar)).isEqualTo(DISK);
            assertThat(readContainerDisk(tar)).isEqualTo(DISK);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, TAR_LINK",
        "2, TAR_LINK",
        "3, TAR_DEVICE",
        "4, TAR_DEVICE",
        "6, TAR_DEVICE",
        "V, TAR_ENTRY_UNSUPPORTED"
    })
    void links_devices_and_whatever_else_is_no_file_are_refused(char type, Fault fault) {
        byte[] tar = new Tar()
                .entry("disk/disk.img", type, NOTHING)
                .file("disk/d", DISK)
                .end();
        assertRefused(tar, fault);
        assertContainerDiskRefused(tar, fault);
        byte[] behind =
                new Tar().file("disk/d", DISK).entry("disk/e", type, NOTHING).end();
        assertRefused(behind, fault);
        assertContainerDiskRefused(behind, fault);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/disk/d", "../disk/d", "disk/../etc/d", "disk/./d", "./../d"})
    void names_that_lead_elsewhere_are_refused(String name) {
        assertRefused(new Tar().file(name, DISK).end(), Fault.TAR_NAME);
        assertRefused(new Tar().file("d", DISK).file(name, NOTHING).end(), Fault.TAR_NAME);
        assertContainerDiskRefused(new Tar().file(name, DISK).end(), Fault.TAR_NAME);
    }

    @Test
    void one_disk_is_expected_neither_none_nor_several() {
        assertRefused(new Tar().file("a.img", DISK).file("b.img", NOTHING).end(), Fault.TAR_SEVERAL_DISKS);
        assertRefused(new Tar().file("a.ovf", DISK).directory("b").end(), Fault.TAR_NO_DISK);
        byte[] inner = new Tar().file("a.img", DISK).end();
        assertRefused(new Tar().file("a.tar", inner).end(), Fault.TAR_NESTED);
    }

    @Test
    void the_giant_that_a_tiny_tar_announces_is_refused() {
        byte[] giant = new Tar().entry("a", '0', "77777777777", DISK).cut();
        assertRefused(giant, Fault.SOURCE_TOO_LARGE);
    }

    @Test
    void a_tar_that_is_cut_off_is_told_wherever_that_is() {
        byte[] tar = new Tar().file("a.mf", DISK).file("disk", DISK).cut();
        for (int length : new int[] {700, DISK.length, DISK.length + 1000, tar.length - 512, tar.length}) {
            assertRefused(Arrays.copyOf(tar, length), Fault.TAR_TRUNCATED);
        }
    }

    @Test
    void what_follows_behind_the_end_of_a_tar_is_told() throws IOException {
        byte[] tar = new Tar().file("disk", DISK).end();
        assertThat(read(Packed.concatenated(tar, new byte[9 * 1024]))).isEqualTo(DISK);
        assertRefused(Packed.concatenated(tar, new byte[] {1}), Fault.TAR_TRAILING_BYTES);
        assertRefused(Packed.concatenated(tar, tar), Fault.TAR_TRAILING_BYTES);
    }

    @Test
    void headers_that_lie_are_told() {
        byte[] spoilt = new Tar().file("a", DISK).end();
        spoilt[5] ^= 1;
        byte[][] tars = {
            spoilt,
            new Tar().entry("a", '0', "9", DISK).end(),
            new Tar()
                    .entry("x", 'x', "10 size=-5\n".getBytes(UTF_8))
                    .file("a", DISK)
                    .end(),
            new Tar().entry("x", 'L', new byte[70_000]).file("a", DISK).end(),
            endless(new Tar()),
        };
        for (byte[] tar : tars) {
            assertRefused(tar, Fault.TAR_MALFORMED);
        }
    }

    private static byte[] endless(Tar tar) {
        for (int i = 0; i < 20; i++) {
            tar.entry("x", 'x', "8 a=bcd\n".getBytes(UTF_8));
        }
        return tar.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "zstd"})
    void the_file_of_a_container_disk_comes_out_of_its_tar(String how) throws IOException {
        byte[] tar =
                new Tar().directory("disk/").file("disk/debian.qcow2", DISK).end();
        assertThat(readContainerDisk(Packed.with(how, tar))).isEqualTo(DISK);
        byte[] dotted = new Tar()
                .directory("./")
                .directory("./disk/")
                .file("./disk/d", DISK)
                .end();
        assertThat(readContainerDisk(Packed.with(how, dotted))).isEqualTo(DISK);
    }

    @Test
    void an_ordinary_container_image_is_left_at_its_first_entry() throws IOException {
        byte[] ordinary = new Tar()
                .directory("bin/")
                .file("bin/sh", DISK)
                .file("disk/d", DISK)
                .cut();
        assertThat(containerDisk(ordinary)).isEmpty();
        assertThat(containerDisk(new Tar().entry("bin", '2', NOTHING).end())).isEmpty();
        assertThat(containerDisk(new Tar().end())).isEmpty();
        assertThat(containerDisk(DISK)).isEmpty();
        assertThat(containerDisk(NOTHING)).isEmpty();
    }

    private static Optional<UnpackedFile> containerDisk(byte[] layer) throws IOException {
        return UnpackedFile.inContainerDisk(new ByteArrayInputStream(layer), LIMITS);
    }

    @Test
    void a_container_disk_has_one_file_right_there() {
        assertContainerDiskRefused(
                new Tar().file("disk/a", DISK).file("disk/b", DISK).end(), Fault.TAR_SEVERAL_DISKS);
        assertContainerDiskRefused(new Tar().file("disk/a/b", DISK).end(), Fault.TAR_MISPLACED);
        assertContainerDiskRefused(new Tar().file("disk/.wh.a", DISK).end(), Fault.TAR_MISPLACED);
        assertContainerDiskRefused(new Tar().file("disk/a", DISK).cut(), Fault.TAR_TRUNCATED);
    }
}
