package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.RepositoryPattern;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SectionTest {
    private static final Path FILE = Path.of("/etc/f.yaml");

    private enum Colour {
        RED,
        DARK_BLUE
    }

    private record Span(int from, int to) {
        private static final Span DEFAULTS = new Span(1, 9);

        private Span {
            if (from > to) {
                throw new IllegalArgumentException("from " + from + " is beyond to " + to);
            }
        }

        private static Span read(Section section, Span defaults) {
            return new Span(section.number("from", defaults.from(), 0, 99), section.number("to", defaults.to(), 0, 99));
        }
    }

    private record Rule(String pattern, Span span) {
        private static Rule read(Section section) {
            return new Rule(
                    section.required("pattern", ValueType.TEXT, ""),
                    section.section("span", Span.DEFAULTS, Span::read));
        }
    }

    private static Reading reading(Map<String, String> environment, OptionValue... options) {
        return Reading.of(FILE, Path.of("/work"), environment, List.of(options));
    }

    private static ObjectAssert<Object> assertRead(String yaml, Function<Section, ?> reader) {
        return assertReadWith(Map.of(), yaml, reader);
    }

    private static List<String> faults(String yaml, Function<Section, ?> reader) {
        Reading reading = reading(Map.of());
        Sources.ask(reading, yaml, reader);
        return reading.faults().stream().map(Fault::toString).toList();
    }

    private static ObjectAssert<Object> assertReadWith(
            Map<String, String> environment, String yaml, Function<Section, ?> reader) {
        Reading reading = reading(environment);
        Object made = Sources.ask(reading, yaml, reader);
        assertThat(reading.faults()).isEmpty();
        return assertThatObject(made);
    }

    private static Span spanOf(Section section) {
        return section.section("span", Span.DEFAULTS, Span::read);
    }

    private static Optional<Rule> ruleOf(Section section) {
        return section.optionalSection("rule", Rule::read);
    }

    private static List<Rule> rulesOf(Section section) {
        return section.sections("rules", Rule::read);
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class A_value {
        @Test
        void is_what_the_file_says_or_the_default() {
            assertRead("a: 3", section -> section.number("a", 7, 1, 9)).isEqualTo(3);
            assertRead("a: \"3\"", section -> section.number("a", 7, 1, 9)).isEqualTo(3);
            assertRead("", section -> section.number("a", 7, 1, 9)).isEqualTo(7);
            assertRead("a: true", section -> section.flag("a", false)).isEqualTo(true);
            assertRead("a: 0x10 is text", section -> section.text("a", "")).isEqualTo("0x10 is text");
            assertRead("a: 1GiB", section -> section.size("a", 0, 0, 1L << 40)).isEqualTo(1L << 30);
            assertRead("a: 90s", section -> section.duration("a", Duration.ZERO, Duration.ZERO))
                    .isEqualTo(Duration.ofSeconds(90));
            assertRead("a: dark-blue", section -> section.choice("a", Colour.RED))
                    .isEqualTo(Colour.DARK_BLUE);
            assertRead("a: s3cret", section -> section.optional("a", ValueType.SECRET))
                    .isEqualTo(Optional.of("s3cret"));
            assertRead("", section -> section.optional("a", ValueType.SECRET)).isEqualTo(Optional.empty());
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                a: x        | must be a whole number, not x
                a: 1.5      | must be a whole number, not 1.5
                a: 0        | must be from 1 to 9, not 0
                a: 99999999999 | must be a whole number, not 99999999999
                a: [1]      | expected number, 1 to 9, found a list
                a: {b: 1}   | expected number, 1 to 9, found a section
                a:          | expected number, 1 to 9, found nothing
                a: ~        | expected number, 1 to 9, found nothing
                a: null     | expected number, 1 to 9, found nothing
                a: ""       | must be a whole number, not
                """)
        void that_cannot_be_is_a_fault_and_the_default(String yaml, String message) {
            Reading reading = reading(Map.of());
            assertThat(Sources.<Integer>ask(reading, yaml, section -> section.number("a", 7, 1, 9)))
                    .isEqualTo(7);
            assertThat(reading.faults())
                    .singleElement()
                    .asString()
                    .isEqualToIgnoringWhitespace("/etc/f.yaml:1: a: " + message);
        }

        @Test
        void of_a_few_words_is_told_which() {
            assertThat(faults("a: blue", section -> section.choice("a", Colour.RED)))
                    .containsExactly("/etc/f.yaml:1: a: must be one of red, dark-blue, not blue");
            assertThat(faults("a: yes", section -> section.flag("a", true)))
                    .containsExactly("/etc/f.yaml:1: a: must be true or false, not yes");
        }

        @ParameterizedTest
        @ValueSource(strings = {"example.org", "ftp://example.org", "http:///x", "http://a b", "//example.org"})
        void that_is_a_url_is_one_of_the_web(String text) {
            assertRead("a: HTTPS://example.org:5/x?y", section -> section.value("a", ValueType.URL, URI.create("x")))
                    .isEqualTo(URI.create("HTTPS://example.org:5/x?y"));
            assertThat(faults("a: " + text, section -> section.optional("a", ValueType.URL)))
                    .containsExactly("/etc/f.yaml:1: a: must be an http or https URL, not " + text);
        }

        @Test
        void that_names_repositories_is_a_pattern() {
            assertRead("a: vms/**", section -> section.optional("a", ValueType.REPOSITORIES))
                    .isEqualTo(Optional.of(RepositoryPattern.of("vms/**")));
            assertThat(faults("a: VMS", section -> section.optional("a", ValueType.REPOSITORIES)))
                    .singleElement()
                    .asString()
                    .startsWith("/etc/f.yaml:1: a: ")
                    .contains("VMS");
        }

        @Test
        void that_must_be_set_and_is_not_is_a_fault() {
            assertThat(faults(
                            "b: 1",
                            section -> section.required("a", ValueType.TEXT, "") + section.number("b", 0, 0, 9)))
                    .containsExactly("/etc/f.yaml: a: is missing");
        }

        @Test
        void that_is_secret_is_in_no_message() {
            assertThat(faults("a: \" \"", section -> section.optional("a", ValueType.SECRET)))
                    .containsExactly("/etc/f.yaml:1: a: must not be empty");
        }

        @Test
        void is_asked_for_only_once() {
            assertThatThrownBy(() ->
                            assertRead("", section -> List.of(section.flag("a", true), section.flag("a", false))))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("a is asked for twice");
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class A_path {
        @Test
        void in_the_file_is_relative_to_the_files_directory() {
            assertRead("a: tls/../x.pem", section -> section.path("a", FILE)).isEqualTo(Path.of("/etc/x.pem"));
            assertRead("a: /x.pem", section -> section.optionalPath("a")).isEqualTo(Optional.of(Path.of("/x.pem")));
        }

        @Test
        void elsewhere_is_relative_to_the_working_directory() {
            assertReadWith(Map.of("DVCR_A", "x.pem"), "", section -> section.requiredPath("a"))
                    .isEqualTo(Path.of("/work/x.pem"));
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class Many_values {
        @Test
        void are_a_list_in_the_file_and_have_commas_in_the_environment() {
            Function<Section, List<String>> reader = section -> section.texts("a", List.of("x"));
            assertRead("a: [p, q]", reader).isEqualTo(List.of("p", "q"));
            assertRead("a: []", reader).isEqualTo(List.of());
            assertRead("", reader).isEqualTo(List.of("x"));
            assertReadWith(Map.of("DVCR_A", "p, q,"), "a: [z]", reader).isEqualTo(List.of("p", "q"));
        }

        @Test
        void are_each_checked() {
            assertThat(faults(
                            "a:\n- 1\n- x\n- [2]\n-",
                            section -> section.values("a", ValueType.number(0, 9), List.of(1))))
                    .containsExactly(
                            "/etc/f.yaml:3: a: must be a whole number, not x",
                            "/etc/f.yaml:4: a: expected number, 0 to 9, found a list",
                            "/etc/f.yaml:5: a: expected number, 0 to 9, found nothing");
            assertThat(faults("a: 1", section -> section.values("a", ValueType.number(0, 9), List.of(1))))
                    .containsExactly("/etc/f.yaml:1: a: expected list of number, 0 to 9, found a single value");
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class The_command_line {
        @Test
        void wins_over_the_environment_which_wins_over_the_file() {
            Function<Section, Integer> reader = section -> section.number("a", 0, 0, 9);
            Map<String, String> environment = Map.of("DVCR_A", "2");
            Reading both = reading(environment, new OptionValue("--a", "a", "3"));
            assertThat(Sources.<Integer>ask(both, "a: 1", reader)).isEqualTo(3);
            assertReadWith(environment, "a: 1", reader).isEqualTo(2);
            assertReadWith(Map.of("DVCR_A", ""), "a: 1", reader).isEqualTo(1);
        }

        @Test
        void and_the_environment_are_named_in_faults() {
            Reading reading = reading(Map.of("DVCR_B_C", "x"), new OptionValue("--a", "a", "x"));
            Sources.ask(
                    reading,
                    "b: {c: 1}",
                    section -> section.number("a", 0, 0, 9)
                            + section.section("b", 0, (child, standard) -> child.number("c", standard, 0, 9)));
            assertThat(reading.faults())
                    .extracting(Fault::toString)
                    .containsExactlyInAnyOrder(
                            "--a: a: must be a whole number, not x", "$DVCR_B_C: b.c: must be a whole number, not x");
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class A_section {
        @Test
        void has_the_defaults_of_what_is_not_set() {
            assertRead("span: {to: 5}", SectionTest::spanOf).isEqualTo(new Span(1, 5));
            assertRead("span:", SectionTest::spanOf).isEqualTo(Span.DEFAULTS);
            assertRead("", SectionTest::spanOf).isEqualTo(Span.DEFAULTS);
        }

        @Test
        void whose_record_refuses_it_is_a_fault() {
            assertThat(faults("\nspan: {from: 6, to: 5}", SectionTest::spanOf))
                    .containsExactly("/etc/f.yaml:2: span: from 6 is beyond to 5");
        }

        @Test
        void whose_record_refuses_it_is_the_fault_of_the_variable_that_set_it() {
            Reading reading = reading(Map.of("DVCR_SPAN_FROM", "50"));
            Sources.ask(reading, "", SectionTest::spanOf);
            assertThat(reading.faults())
                    .singleElement()
                    .asString()
                    .isEqualTo("$DVCR_SPAN_FROM: span: from 50 is beyond to 9");
        }

        @Test
        void with_a_faulty_value_is_not_judged_as_a_whole() {
            assertThat(faults("span: {from: x, to: 0}", SectionTest::spanOf))
                    .containsExactly("/etc/f.yaml:1: span.from: must be a whole number, not x");
        }

        @Test
        void must_be_one() {
            assertThat(faults("span: 3", SectionTest::spanOf))
                    .containsExactly("/etc/f.yaml:1: span: expected a section, found a single value");
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class A_section_that_need_not_be_there {
        @Test
        void is_there_if_the_file_or_a_variable_says_so() {
            assertRead("", SectionTest::ruleOf).isEqualTo(Optional.empty());
            assertRead("rule: {pattern: x}", SectionTest::ruleOf).isEqualTo(Optional.of(new Rule("x", Span.DEFAULTS)));
            assertReadWith(Map.of("DVCR_RULE_PATTERN", "y"), "", SectionTest::ruleOf)
                    .isEqualTo(Optional.of(new Rule("y", Span.DEFAULTS)));
        }

        @Test
        void must_then_be_whole() {
            assertThat(faults("\nrule:", SectionTest::ruleOf))
                    .containsExactly("/etc/f.yaml:2: rule.pattern: is missing");

            Reading reading = reading(Map.of("DVCR_RULE_SPAN_TO", "5"));
            Sources.ask(reading, "", SectionTest::ruleOf);
            assertThat(reading.faults())
                    .singleElement()
                    .asString()
                    .isEqualTo("$DVCR_RULE_SPAN_TO: rule.pattern: is missing");
        }

        @Test
        void has_its_keys_documented_even_if_it_is_not() {
            Reading reading = reading(Map.of());
            Section root = new Section(reading, "", reading.line(0), Optional.empty());
            assertThat(SectionTest.ruleOf(root)).isEmpty();
            assertThat(Settings.documented(root))
                    .extracting(Setting::path)
                    .containsExactly("rule.pattern", "rule.span.from", "rule.span.to");
            assertThat(Settings.effective(root)).isEmpty();
            assertThat(reading.faults()).isEmpty();
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class A_list_of_sections {
        @Test
        void has_a_record_for_each() {
            assertRead("rules:\n- pattern: x\n- pattern: y\n  span: {to: 2}", SectionTest::rulesOf)
                    .isEqualTo(List.of(new Rule("x", Span.DEFAULTS), new Rule("y", new Span(1, 2))));
            assertRead("rules: []", SectionTest::rulesOf).isEqualTo(List.of());
            assertRead("", SectionTest::rulesOf).isEqualTo(List.of());
        }

        @Test
        void has_its_faults_by_number_and_line() {
            assertThat(faults(
                            "rules:\n- pattern: x\n  patern: y\n- {}\n- 7\n- pattern: z\n  span: {from: 10}",
                            SectionTest::rulesOf))
                    .containsExactlyInAnyOrder(
                            "/etc/f.yaml:3: rules[0].patern: is not a key; did you mean rules[0].pattern?",
                            "/etc/f.yaml:4: rules[1].pattern: is missing",
                            "/etc/f.yaml:5: rules[2]: expected a section, found a single value",
                            "/etc/f.yaml:5: rules[2].pattern: is missing",
                            "/etc/f.yaml:7: rules[3].span: from 10 is beyond to 9");
            assertThat(faults("rules: {pattern: x}", SectionTest::rulesOf))
                    .containsExactly("/etc/f.yaml:1: rules: expected a list of sections, found a section");
        }

        @Test
        void is_documented_as_what_an_element_can_say_and_has_no_variables() {
            Reading reading = reading(Map.of());
            Section root = new Section(reading, "", reading.line(0), Optional.empty());
            assertThat(SectionTest.rulesOf(root)).isEmpty();
            assertThat(Settings.documented(root))
                    .extracting(Setting::path)
                    .containsExactly("rules[].pattern", "rules[].span.from", "rules[].span.to");
            assertThat(Settings.documented(root))
                    .allSatisfy(setting -> assertThat(setting.variable()).isEmpty());
        }
    }

    @Nested
    @DisplayNameGeneration(ReplaceUnderscores.class)
    class An_unknown_key {
        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                spam: 1          | spam: is not a key; did you mean span?
                span: {form: 1}  | span.form: is not a key; did you mean span.from?
                span: {FROM: 1}  | span.FROM: is not a key; did you mean span.from?
                from: 1          | from: is not a key; did you mean span.from?
                unheardof: 1     | unheardof: is not a key
                """)
        void is_a_fault_that_says_what_may_have_been_meant(String yaml, String message) {
            assertThat(faults(yaml, SectionTest::spanOf)).containsExactly("/etc/f.yaml:1: " + message);
        }
    }
}
