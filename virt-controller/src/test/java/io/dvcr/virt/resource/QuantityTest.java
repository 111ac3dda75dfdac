package io.dvcr.virt.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "+5, 5",
        "128974848, 128974848",
        "1k, 1000",
        "100M, 100000000",
        "10G, 10000000000",
        "2T, 2000000000000",
        "1P, 1000000000000000",
        "1E, 1000000000000000000",
        "1Ki, 1024",
        "129Mi, 135266304",
        "10Gi, 10737418240",
        "1Ti, 1099511627776",
        "1Pi, 1125899906842624",
        "7Ei, 8070450532247928832",
        "1.5Gi, 1610612736",
        ".5Mi, 524288",
        "5.Ki, 5120",
        "1e3, 1000",
        "129e6, 129000000",
        "1E3, 1000",
        "15e-1, 2",
        "0.1, 1",
        "1.0001, 2",
        "9223372036854775807, 9223372036854775807",
    })
    void a_quantity_means_whole_bytes_rounded_up(String text, long bytes) {
        assertThat(Quantity.parse(text)).isEqualTo(new Quantity(text, bytes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "ten",
                "10 Gi",
                "10gi",
                "10KB",
                "10K",
                "1m",
                "1n",
                "0x10",
                "1,5Gi",
                "1..5",
                ".",
                "e3",
                "1e",
                "1e999",
                "1Gii",
                "NaN",
                "Infinity",
                "1_000",
                "١",
                "1Gi\n2Gi"
            })
    void what_is_no_quantity_is_refused_with_what_was_written(String text) {
        assertThatThrownBy(() -> Quantity.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + text + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8Ei", "10E", "9223372036854775808", "1e99", "99999999999999999999Ei"})
    void more_than_can_be_addressed_is_refused(String text) {
        assertThatThrownBy(() -> Quantity.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 8 EiB");
    }

    @Test
    void a_text_that_is_too_long_is_refused_without_being_computed() {
        assertThatThrownBy(() -> Quantity.parse("9".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1000, 1000", "1024, 1Ki", "1536, 1536", "1572864, 1536Ki", "10737418240, 10Gi"})
    void bytes_are_written_in_the_largest_unit_that_is_exact(long bytes, String text) {
        assertThat(Quantity.ofBytes(bytes)).isEqualTo(new Quantity(text, bytes));
        assertThat(Quantity.parse(text).bytes()).isEqualTo(bytes);
    }
}
