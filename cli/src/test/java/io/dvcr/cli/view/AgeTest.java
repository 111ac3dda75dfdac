package io.dvcr.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AgeTest {

    @ParameterizedTest
    @CsvSource({
        "-PT5S, 0s", "PT0S, 0s", "PT1.9S, 1s", "PT119S, 119s", "PT120S, 2m", "PT3M20S, 3m20s", "PT9M59S, 9m59s",
        "PT10M30S, 10m", "PT179M, 179m", "PT180M, 3h", "PT7H59M, 7h59m", "PT8H30M, 8h", "PT47H, 47h", "PT48H, 2d",
        "P3DT5H, 3d5h", "P7DT23H, 7d23h", "P8DT5H, 8d", "P729D, 729d", "P730D, 2y", "P800D, 2y70d", "P2920D, 8y"
    })
    void it_is_what_kubectl_writes(Duration age, String text) {
        assertThat(Age.of(age)).isEqualTo(text);
    }

    @Test
    void what_is_no_time_is_unknown() {
        assertThat(Age.since("", Instant.EPOCH)).isEqualTo("<unknown>");
        assertThat(Age.since("1969-12-31T23:58:00Z", Instant.EPOCH)).isEqualTo("2m");
    }
}
