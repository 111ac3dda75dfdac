package io.dvcr.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RepositoryPatternTest {

    private static boolean matches(String pattern, String repository) {
        return RepositoryPattern.of(pattern).matches(new RepositoryName(repository));
    }

    @ParameterizedTest
    @CsvSource({
        "vms/debian, vms/debian",
        "vms/*, vms/debian",
        "vms/deb*, vms/debian",
        "vms/*an, vms/debian",
        "vms/*b*a*, vms/debian",
        "vms/debia?, vms/debian",
        "*, debian",
        "*/*, vms/debian",
        "**, debian",
        "**, vms/team/debian",
        "vms/**, vms",
        "vms/**, vms/debian",
        "vms/**, vms/team/debian",
        "**/debian, debian",
        "**/debian, vms/team/debian",
        "vms/**/debian, vms/debian",
        "vms/**/debian, vms/debian/team/debian",
        "vms/**/*, vms/debian",
        "**/team/**/d*, a/team/b/team/debian",
    })
    void a_repository_fits(String pattern, String repository) {
        assertThat(matches(pattern, repository)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "vms/debian, vms/debian12",
        "vms/debian, vms",
        "vms/*, vms",
        "vms/*, vms/team/debian",
        "vms/*, vms2/debian",
        "vms*, vms/debian",
        "*, vms/debian",
        "vms/debia?, vms/debia",
        "vms/**, vms2/debian",
        "vms/**, a/vms/debian",
        "vms/**/*, vms",
        "**/debian, vms/debian/team",
        "d.bian, debian",
    })
    void a_repository_does_not_fit(String pattern, String repository) {
        assertThat(matches(pattern, repository)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "vms/", "/vms", "vms//debian", "VMS", "vms/**x", "vms/***", "a b", "a{b,c}", "ä"})
    void a_malformed_pattern_is_refused_and_the_message_says_what_is_expected(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RepositoryPattern.of(text))
                .withMessageStartingWith("invalid repository pattern \"" + text + "\"")
                .withMessageContaining("**");
        assertThatThrownBy(() -> RepositoryPattern.parse(text))
                .isInstanceOf(RegistryException.class)
                .hasMessageStartingWith("invalid repository pattern \"" + text + "\"");
    }

    @Test
    void a_pattern_is_written_as_it_was_read() {
        assertThat(RepositoryPattern.parse("vms/**/d*"))
                .hasToString("vms/**/d*")
                .isEqualTo(RepositoryPattern.of("vms/**/d*"));
    }

    @Test
    void a_pattern_that_is_too_long_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> RepositoryPattern.of("a".repeat(256)));
    }

    @Test
    void no_pattern_takes_long() {
        assertThat(matches("*a".repeat(120) + "b", "a".repeat(255))).isFalse();
        assertThat(matches("**/a/".repeat(50) + "b", "a/".repeat(126) + "a")).isFalse();
    }

    @Test
    void patterns_fit_what_the_same_regular_expressions_fit() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String pattern = words(random, "a", "b", "*", "?", "a*", "*b", "**");
            String repository = words(random, "a", "b", "ab", "ba", "aab");
            assertThat(matches(pattern, repository))
                    .as("seed %d: %s %s", seed, pattern, repository)
                    .isEqualTo(
                            regularExpression(pattern).matcher("/" + repository).matches());
        }
    }

    private static String words(Random random, String... vocabulary) {
        return Stream.generate(() -> vocabulary[random.nextInt(vocabulary.length)])
                .limit(1 + random.nextInt(5))
                .collect(Collectors.joining("/"));
    }

    private static Pattern regularExpression(String pattern) {
        return Pattern.compile(Stream.of(pattern.split("/", -1))
                .map(component -> component.equals("**")
                        ? "(/[^/]+)*"
                        : "/" + component.replace("*", "[^/]*").replace("?", "[^/]"))
                .collect(Collectors.joining()));
    }

    @ParameterizedTest
    @CsvSource({
        "*, 12, true",
        "v*, v1.2, true",
        "v*, 1.2, false",
        "v?.?, v1.2, true",
        "v?.?, v1.22, false",
        "V*, v1, false"
    })
    void a_tag_fits_or_not(String pattern, String tag, boolean fits) {
        assertThat(new TagPattern(pattern).matches(new Tag(tag))).isEqualTo(fits);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "a b", "{a,b}"})
    void a_malformed_tag_pattern_is_refused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TagPattern(text))
                .withMessageStartingWith("invalid tag pattern \"" + text + "\"");
    }
}
