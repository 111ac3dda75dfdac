package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class EffectiveYamlTest {

    private static String show(String yaml, Map<String, String> environment, Function<Section, ?> reader) {
        Reading reading = Reading.of(Path.of("f.yaml"), Path.of("/work"), environment, List.of());
        Section root = new Section(
                reading, "", reading.line(0), Optional.of(YamlDocument.parse("f.yaml", yaml, reading.faults())));
        assertThatObject(reader.apply(root)).isNotNull();
        assertThat(reading.faults()).isEmpty();
        return EffectiveYaml.of(root);
    }

    private static Object everything(Section section) {
        return List.of(
                section.flag("flag", true),
                section.texts("texts", List.of("a", "b c")),
                section.texts("none", List.of()),
                section.optional("absent", ValueType.TEXT),
                section.optionalSection("token", token -> token.required("key", ValueType.SECRET, "")),
                section.sections("rules", rule -> rule.required("pattern", ValueType.TEXT, "")),
                section.section("inner", 1, (inner, standard) -> inner.number("number", standard, 0, 9)));
    }

    @Test
    void all_that_is_not_set_is_shown_as_the_default() {
        assertThat(show("", Map.of(), EffectiveYamlTest::everything)).isEqualTo("""
                        flag: true
                        texts: [a, "b c"]
                        none: []
                        # absent is not set
                        # token is not set
                        rules: []
                        inner:
                          number: 1
                        """);
    }

    @Test
    void what_is_set_is_shown_with_who_set_it_and_secrets_are_masked() {
        String yaml = """
                texts:
                  - x
                absent: here
                token: {key: hunter2}
                rules:
                  - pattern: "*"
                  - pattern: b
                """;
        assertThat(show(yaml, Map.of("DVCR_INNER_NUMBER", "5"), EffectiveYamlTest::everything))
                .isEqualTo("""
                        flag: true
                        texts: [x]  # f.yaml:1
                        none: []
                        absent: here  # f.yaml:3
                        token:
                          key: "********"  # f.yaml:4
                        rules:
                          -
                            pattern: "*"  # f.yaml:6
                          -
                            pattern: b  # f.yaml:7
                        inner:
                          number: 5  # $DVCR_INNER_NUMBER
                        """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "~",
                "a: b",
                "a #b",
                "- a",
                "-",
                "\"quoted\"",
                "back\\slash",
                "[x]",
                "{x}",
                "@x",
                "two\nlines",
                "tab\tbell\u0007",
                "next\u0085line\u2028",
                "ü😀",
                "127.0.0.1:5000",
                "http://x/",
                "x:",
                "%x",
                "a, b"
            })
    void any_text_is_read_as_the_same(String text) {
        String shown = show(
                "",
                Map.of("DVCR_A", text),
                section -> section.value("a", new ValueType<>("any", t -> t, t -> t, false), ""));
        Reading again = Reading.of(Path.of("f"), Path.of("/work"), Map.of(), List.of());
        assertThat(Sources.<String>ask(again, shown, section -> section.text("a", "")))
                .isEqualTo(text);
        assertThat(again.faults()).isEmpty();
    }
}
