package io.dvcr.converters.face;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TarHeaderTest {

    @Test
    void a_header_says_what_the_entry_is() {
        byte[] header = TarHeader.file("disk/disk.img", 4096);

        assertThat(header).hasSize(512);
        assertThat(text(header, 0, 14)).isEqualTo("disk/disk.img\0");
        assertThat(text(header, 100, 24)).isEqualTo("0000440\0" + "0000153\0" + "0000153\0");
        assertThat(text(header, 124, 24)).isEqualTo("00000010000\0" + "00000000000\0");
        assertThat(text(header, 156, 1)).isEqualTo("0");
        assertThat(text(header, 257, 8)).isEqualTo("ustar  \0");
    }

    @Test
    void the_checksum_is_that_of_the_header_with_blanks_for_it() {
        byte[] header = TarHeader.directory("disk/");
        int checksum = Integer.parseInt(text(header, 148, 6), 8);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte octet : header) {
            sum += octet & 0xff;
        }

        assertThat(checksum).isEqualTo(sum);
    }

    @Test
    void a_size_from_8_GiB_on_is_binary() {
        assertThat(text(TarHeader.file("x", (1L << 33) - 1), 124, 11)).isEqualTo("77777777777");
        byte[] header = TarHeader.file("x", 1L << 44);

        assertThat(header[124]).isEqualTo((byte) 0x80);
        assertThat(ByteBuffer.wrap(header).getLong(128)).isEqualTo(1L << 44);
    }

    private static String text(byte[] header, int at, int length) {
        return new String(header, at, length, US_ASCII);
    }
}
