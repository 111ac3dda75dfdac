package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CheckSettingsTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @Test
    void a_sample_is_about_as_large_as_asked_for_and_the_same_for_the_same_seed() {
        assertThat(sample(0.5, 7)).hasSizeBetween(400, 600).isEqualTo(sample(0.5, 7));
        assertThat(sample(0.5, 8)).isNotEqualTo(sample(0.5, 7));
        assertThat(sample(0, 7)).isEmpty();
        assertThat(sample(1, 7)).hasSize(1000);
    }

    @Test
    void more_than_all_or_less_than_one_reader_is_refused() {
        assertThatThrownBy(() -> new CheckSettings(1, Optional.empty(), 1.1, 0, NOW))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CheckSettings(1, Optional.empty(), Double.NaN, 0, NOW))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CheckSettings(0, Optional.empty(), 1, 0, NOW))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Integer> sample(double part, long seed) {
        CheckSettings settings = new CheckSettings(1, Optional.empty(), part, seed, NOW);
        return IntStream.range(0, 1000)
                .filter(i -> settings.isChosen(Digest.sha256(Integer.toString(i).getBytes(UTF_8)), NOW))
                .boxed()
                .toList();
    }
}
