package io.dvcr.converters.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ImageInspectorTest {
    private static final long LIMIT = 1L << 40;

    @Test
    void a_file_without_any_signature_is_a_raw_disk_of_its_exact_length() {
        assertThat(inspect(new byte[1000])).isEqualTo(new ImageInfo(ImageFormat.RAW, 1000, true));
    }

    @Test
    void a_disk_with_a_partition_table_is_raw() {
        byte[] disk = at(510, "U\u00aa", 1 << 20);
        assertThat(inspect(with(disk, 512, "EFI PART")).format()).isEqualTo(ImageFormat.RAW);
    }

    @Test
    void an_iso_is_a_cdrom_even_if_it_is_hybrid() {
        byte[] iso = with(at(32769, "CD001", 100_000), 510, "U\u00aa");
        assertThat(inspect(iso)).isEqualTo(new ImageInfo(ImageFormat.ISO, 100_000, true));
    }

    @Test
    void a_qcow2_has_the_virtual_size_of_its_header() {
        ImageInfo expected = new ImageInfo(ImageFormat.QCOW2, Qcow2Bytes.VIRTUAL_SIZE, false);
        assertThat(inspect(Qcow2Bytes.version2().toBytes())).isEqualTo(expected);
        assertThat(inspect(Qcow2Bytes.version3().toBytes())).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 511, 512, 513, 4096, 65535, 65536, 65537, 1 << 20})
    void the_size_of_the_pieces_makes_no_difference(int pieceBytes) {
        byte[] file = with(new byte[200_000], 200_000 - 512, "conectix");
        ImageInspector inspector = new ImageInspector(LIMIT);
        for (int start = 0; start < file.length; start += pieceBytes) {
            inspector.feed(ByteBuffer.wrap(file, start, Math.min(pieceBytes, file.length - start)));
        }
        assertRefused("VHD_CHECKSUM_WRONG", inspector::finish);
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 65536, 100_000, 300_000, 1 << 20, 5 << 20})
    void parts_that_are_wanted_are_found_whatever_the_size_of_the_pieces(int pieceBytes) {
        byte[] file = VhdxBytes.image().toBytes();
        ImageInspector inspector = new ImageInspector(LIMIT);
        for (int start = 0; start < file.length; start += pieceBytes) {
            inspector.feed(ByteBuffer.wrap(file, start, Math.min(pieceBytes, file.length - start)));
        }
        assertThat(inspector.finish().virtualSizeBytes()).isEqualTo(VhdxBytes.SIZE);
    }

    @Test
    void bytes_that_were_fed_stay_as_they_are() {
        ByteBuffer piece = ByteBuffer.wrap(new byte[100], 10, 50);
        new ImageInspector(LIMIT).feed(piece);
        assertThat(piece.position()).isEqualTo(10);
        assertThat(piece.limit()).isEqualTo(60);
    }

    @Test
    void the_verdict_is_there_as_soon_as_the_head_is() {
        byte[] image = Qcow2Bytes.version3().toBytes();
        ImageInspector inspector = new ImageInspector(LIMIT);
        inspector.feed(ByteBuffer.wrap(image, 0, ImageInspector.HEAD_BYTES - 1));
        assertThat(inspector.verdict()).isEmpty();

        inspector.feed(ByteBuffer.wrap(image, ImageInspector.HEAD_BYTES - 1, 1));
        assertThat(inspector.verdict()).contains(ImageFormat.QCOW2);
    }

    @Test
    void an_empty_file_is_refused() {
        assertRefused("IMAGE_EMPTY", () -> inspect(new byte[0]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "QED\0",
                "COWD",
                "WithoutFreeSpace",
                "LUKS\u00ba\u00be",
                "\u001f\u008b\b",
                "\u00fd7zXZ\0",
                "(\u00b5/\u00fd",
                "BZh91AY&SY",
                "PK\3\4",
                "<!DOCTYPE html>",
                "QFI\u00fb\0\0\0\1"
            })
    void other_formats_are_recognised_and_refused(String magic) {
        assertRefused("IMAGE_FORMAT_UNSUPPORTED", () -> inspect(at(0, magic, 1 << 17)));
    }

    @Test
    void a_tar_is_recognised_and_refused() {
        assertRefused("IMAGE_FORMAT_UNSUPPORTED", () -> inspect(at(257, "ustar", 1000)));
    }

    @Test
    void a_dmg_is_refused_at_its_end() {
        assertRefused("IMAGE_FORMAT_UNSUPPORTED", () -> inspect(at(99_488, "koly", 100_000)));
    }

    @Test
    void a_fixed_vhd_shows_at_its_end_only_and_is_all_but_that() {
        ImageInspector inspector = ImageInspector.expecting(ImageFormat.VHD, LIMIT);
        inspector.feed(ByteBuffer.wrap(VhdBytes.fixed().toBytes()));
        assertThat(inspector.verdict()).contains(ImageFormat.RAW);
        assertThat(inspector.finish()).isEqualTo(new ImageInfo(ImageFormat.VHD, VhdBytes.SIZE, true));
    }

    @Test
    void a_raw_disk_that_turns_out_to_be_a_fixed_vhd_was_declared_wrongly() {
        ImageInspector inspector = ImageInspector.expecting(ImageFormat.RAW, LIMIT);
        inspector.feed(ByteBuffer.wrap(VhdBytes.fixed().toBytes()));
        assertRefused("IMAGE_FORMAT_MISMATCH", inspector::finish);
    }

    @Test
    void a_vhd_that_turns_out_to_be_raw_was_declared_wrongly() {
        ImageInspector inspector = ImageInspector.expecting(ImageFormat.VHD, LIMIT);
        inspector.feed(ByteBuffer.allocate(100_000));
        assertRefused("IMAGE_FORMAT_MISMATCH", inspector::finish);
    }

    @Test
    void every_format_has_the_virtual_size_of_its_headers() {
        assertThat(inspect(VmdkBytes.sparse().toBytes())).isEqualTo(new ImageInfo(ImageFormat.VMDK, 1 << 20, false));
        assertThat(inspect(VmdkBytes.stream().toBytes())).isEqualTo(new ImageInfo(ImageFormat.VMDK, 1 << 20, false));
        assertThat(inspect(VdiBytes.dynamic().toBytes())).isEqualTo(new ImageInfo(ImageFormat.VDI, 4 << 20, false));
        assertThat(inspect(VhdBytes.dynamic().toBytes())).isEqualTo(new ImageInfo(ImageFormat.VHD, 4 << 20, false));
        assertThat(inspect(VhdxBytes.image().toBytes())).isEqualTo(new ImageInfo(ImageFormat.VHDX, 4 << 20, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"QFI\u00fb\0\0\0\3", "KDMV", "conectix", "\u001f\u008b\b", "<html"})
    void an_iso_that_is_something_else_as_well_is_refused(String magic) {
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspect(with(at(32769, "CD001", 100_000), 0, magic)));
    }

    @Test
    void a_disk_that_is_two_formats_at_once_is_refused() {
        byte[] vdi = VdiBytes.dynamic().ascii(0, "KDMV").toBytes();
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspect(vdi));
        byte[] vhd = VhdBytes.dynamic().ascii(32769, "CD001").toBytes();
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspect(vhd));
        byte[] vmdk = VmdkBytes.sparse().int32(64, 0xbeda107f).toBytes();
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspect(vmdk));
        byte[] vhdx = VhdxBytes.image().ascii(257, "ustar").toBytes();
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspect(vhdx));
    }

    @Test
    void an_iso_with_the_footer_of_a_vhd_is_refused() {
        byte[] iso = at(32769, "CD001", 100_000);
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspect(with(iso, 100_000 - 512, "conectix")));
    }

    @Test
    void a_qcow2_that_is_an_iso_as_well_is_refused_before_its_end() {
        byte[] both = Qcow2Bytes.version3().ascii(32769, "CD001").toBytes();
        ImageInspector inspector = new ImageInspector(LIMIT);
        assertRefused("IMAGE_FORMAT_AMBIGUOUS", () -> inspector.feed(ByteBuffer.wrap(both)));
    }

    @Test
    void an_image_that_is_not_what_it_was_declared_to_be_is_refused() {
        ImageInspector inspector = ImageInspector.expecting(ImageFormat.RAW, LIMIT);
        ByteBuffer image = ByteBuffer.wrap(Qcow2Bytes.version3().toBytes());
        assertThatThrownBy(() -> inspector.feed(image))
                .isInstanceOf(ImageException.class)
                .hasMessage("the image is declared as raw, but it is qcow2");
    }

    @Test
    void an_image_that_is_what_it_was_declared_to_be_is_taken() {
        ImageInspector inspector = ImageInspector.expecting(ImageFormat.RAW, LIMIT);
        inspector.feed(ByteBuffer.allocate(5));
        assertThat(inspector.finish().virtualSizeBytes()).isEqualTo(5);
    }

    @Test
    void a_raw_disk_over_the_limit_is_refused_while_it_arrives() {
        ImageInspector inspector = new ImageInspector(100_000);
        inspector.feed(ByteBuffer.allocate(100_000));
        assertRefused("IMAGE_TOO_LARGE", () -> inspector.feed(ByteBuffer.allocate(1)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 65535, 65536, 66000, 300_000})
    void a_file_is_inspected_like_a_stream(int length, @TempDir Path directory) throws Exception {
        Path file = Files.write(directory.resolve("disk"), new byte[length]);
        assertThat(ImageInspector.inspect(file, LIMIT)).isEqualTo(new ImageInfo(ImageFormat.RAW, length, true));

        if (length > 512) {
            Files.write(file, at(length - 512, "conectix", length));
            assertRefused("VHD_CHECKSUM_WRONG", () -> ImageInspector.inspect(file, LIMIT));
        }
    }

    static ImageInfo inspect(byte[] file) {
        ImageInspector inspector = new ImageInspector(LIMIT);
        inspector.feed(ByteBuffer.wrap(file));
        return inspector.finish();
    }

    static void assertRefused(String code, ThrowingCallable inspection) {
        assertThatThrownBy(inspection)
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.error().code()).isEqualTo(code));
    }

    private static byte[] at(int offset, String magic, int length) {
        return with(new byte[length], offset, magic);
    }

    private static byte[] with(byte[] file, int offset, String magic) {
        byte[] spoilt = Arrays.copyOf(file, file.length);
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, spoilt, offset, bytes.length);
        return spoilt;
    }
}
