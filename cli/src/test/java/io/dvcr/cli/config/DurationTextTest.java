package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S, 500ms",
        "0s, PT0S, 0s",
        "30s, PT30S, 30s",
        "60s, PT1M, 1m",
        "5m, PT5M, 5m",
        "90m, PT1H30M, 90m",
        "1h30m, PT1H30M, 90m",
        "1h, PT1H, 1h",
        "24h, PT24H, 1d",
        "7d, P7D, 7d",
        "1d12h, PT36H, 36h",
        "PT1.5S, PT1.5S, 1500ms",
        "PT1H, PT1H, 1h",
        "P2D, PT48H, 2d",
        "PT0.0000001S, PT0.0000001S, PT0.0000001S",
    })
    void durations_are_read_and_written_in_the_largest_unit_that_leaves_no_rest(
            String text, Duration duration, String written) {
        assertThat(DurationText.parse(text)).isEqualTo(duration);
        assertThat(DurationText.format(duration)).isEqualTo(written);
        assertThat(DurationText.parse(written)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "1m1h", "5S", "1.5h", "1w", "99999999999s", "PT", "forever"})
    void what_is_no_duration_is_refused_with_examples(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("must be a duration such as 30s, 5m, 24h, 7d or PT1H, not " + text);
    }
}
