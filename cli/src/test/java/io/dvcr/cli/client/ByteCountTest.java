package io.dvcr.cli.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ByteCountTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "512B, 512",
        "1K, 1024",
        "1KB, 1024",
        "1KiB, 1024",
        "512M, 536870912",
        "2G, 2147483648",
        "2GiB, 2147483648",
        "16T, 17592186044416",
    })
    void a_size_is_read_in_powers_of_1024(String text, long bytes) {
        assertThat(ByteCount.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "-1", "1.5G", "1 G", "1g", "1P", "1Gb", "0x10", "9999999999999999", "１"})
    void what_is_no_size_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> ByteCount.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a size: " + text + "; write for example 512M or 2G");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1, 1 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "1048524, 1023.9 KiB",
        "1048525, 1.0 MiB",
        "1048576, 1.0 MiB",
        "4294967296, 4.0 GiB",
        "17592186044416, 16.0 TiB",
        "1125899906842624, 1024.0 TiB",
        "9223372036854775807, 8388608.0 TiB",
    })
    void a_number_of_bytes_is_shown_with_one_decimal(long bytes, String text) {
        assertThat(ByteCount.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "1023, 1023",
        "1024, 1KiB",
        "1536, 1536",
        "20971520, 20MiB",
        "17592186044416, 16TiB",
        "1125899906842624, 1024TiB",
        "999999999999999, 999999999999999",
    })
    void an_exact_number_of_bytes_is_read_as_the_same(long bytes, String text) {
        assertThat(ByteCount.exact(bytes)).isEqualTo(text);
        assertThat(ByteCount.parse(text)).isEqualTo(bytes);
    }
}
