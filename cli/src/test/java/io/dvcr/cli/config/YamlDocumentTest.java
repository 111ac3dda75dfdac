package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.cli.config.YamlValue.Mapping;
import io.dvcr.cli.config.YamlValue.Pair;
import io.dvcr.cli.config.YamlValue.Scalar;
import io.dvcr.cli.config.YamlValue.Sequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class YamlDocumentTest {
    private final List<Fault> faults = new ArrayList<>();

    private Mapping parse(String text) {
        return YamlDocument.parse("f", text, faults);
    }

    private void assertFaults(String... expected) {
        assertThat(faults).extracting(Fault::toString).containsExactly(expected);
    }

    @Test
    void values_keep_their_spelling_and_their_line() {
        assertThat(parse("""
                # a comment
                a: 007
                b:
                  - "x"
                  - {c: 1e3}
                """))
                .isEqualTo(new Mapping(
                        List.of(
                                new Pair("a", 2, new Scalar("007", true, 2)),
                                new Pair(
                                        "b",
                                        3,
                                        new Sequence(
                                                List.of(
                                                        new Scalar("x", false, 4),
                                                        new Mapping(
                                                                List.of(new Pair("c", 5, new Scalar("1e3", true, 5))),
                                                                5)),
                                                4))),
                        2));
        assertFaults();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment", "---", "--- ~", "{}"})
    void a_document_that_says_nothing_is_an_empty_mapping(String text) {
        assertThat(parse(text).pairs()).isEmpty();
        assertFaults();
    }

    @Test
    void every_repeated_key_is_a_fault_and_the_first_holds() {
        Mapping mapping = parse("a: 1\nb: {c: 1, c: 2}\na: 2");
        assertThat(mapping.find("a").map(Pair::value)).contains(new Scalar("1", true, 1));
        assertFaults("f:2: b.c: is already on line 2", "f:3: a: is already on line 1");
    }

    @Test
    void what_is_not_yaml_is_told_with_its_line() {
        parse("a: 1\nb: [1, 2\nc: 3");
        assertThat(faults).singleElement().asString().startsWith("f:3: not YAML: ");
    }

    @Test
    void tabs_for_indentation_are_told() {
        parse("a:\n\tb: 1");
        assertThat(faults)
                .singleElement()
                .asString()
                .startsWith("f:2: not YAML: ")
                .contains("'\\t(TAB)'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"- a", "text", "3"})
    void a_document_that_is_no_mapping_is_a_fault(String text) {
        assertThat(parse(text).pairs()).isEmpty();
        assertThat(faults).singleElement().asString().startsWith("f:1: expected lines of key: value, found ");
    }

    @Test
    void a_second_document_is_a_fault() {
        parse("a: 1\n---\nb: 2");
        assertFaults("f:2: only one document is allowed");
    }

    /** The "billion laughs" among them. */
    @Test
    void aliases_are_refused() {
        parse("a: &x [1]\nb: [*x, *x]");
        assertFaults("f:2: anchors and aliases are not supported");
    }

    @Test
    void tags_are_refused() {
        parse("a: !!javax.script.ScriptEngineManager x\nb: !env HOME");
        assertFaults(
                "f:1: a: tags such as tag:yaml.org,2002:javax.script.ScriptEngineManager are not supported",
                "f:2: b: tags such as !env are not supported");
    }

    @Test
    void keys_that_are_no_words_are_refused() {
        parse("? [a, b]\n: 1");
        assertFaults("f:1: a key must be a word");
    }

    @Test
    void nesting_is_bounded() {
        parse("a: " + "[".repeat(100_000));
        assertFaults("f:1: is nested deeper than 32 levels");
    }

    @Test
    void characters_that_yaml_forbids_are_told() {
        parse("a: \u0000");
        assertThat(faults).singleElement().asString().startsWith("f").contains("not YAML: ");
    }
}
