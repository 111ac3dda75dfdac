package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has a row for each key, in the order in which they are read; only what it means is its own. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigurationDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "configuration.md");
    private static final Path EXAMPLE = Path.of("..", "deploy", "host", "dvcr.yaml.example");

    @Test
    void every_key_is_documented_with_its_variable_type_and_default() throws Exception {
        List<Row> expected = Settings.documented(Sources.read("").root()).stream()
                .map(ConfigurationDocumentTest::row)
                .toList();
        assertThat(rows(5).stream().map(cells -> new Row(cells.get(0), cells.get(1), cells.get(2), cells.get(3))))
                .containsExactlyElementsOf(expected);
    }

    @Test
    void every_key_is_documented_with_what_it_means() throws IOException {
        assertThat(rows(5)).allSatisfy(cells -> assertThat(cells.getLast()).isNotBlank());
    }

    @Test
    void every_other_variable_that_is_documented_is_known() throws Exception {
        Map<String, String> others = rows(2).stream()
                .map(List::getFirst)
                .filter(name -> name.startsWith("`DVCR_"))
                .collect(Collectors.toMap(name -> name.replace("`", ""), _ -> "x"));
        assertThat(others).containsKeys("DVCR_CONFIG", "DVCR_SERVER");
        Sources.of(others).read("");
    }

    @Test
    void the_example_is_a_configuration() throws Exception {
        Sources.read(Files.readString(EXAMPLE));
    }

    /** Everything in it is a comment or the default: an operator may copy it as it is. */
    @Test
    void the_example_shows_every_key_with_its_default() throws Exception {
        LoadedConfiguration defaults = Sources.read("");
        String uncommented = Files.readString(EXAMPLE).replaceAll("(?m)^( *)#(\\w)", "$1$2");
        LoadedConfiguration example = Sources.read(uncommented);
        assertThat(example.value()).isEqualTo(defaults.value());
        assertThat(Settings.effective(example.root()))
                .filteredOn(setting -> setting.origin().equals(Origin.DEFAULT)
                        && setting.values().isPresent())
                .extracting(Setting::path)
                .isEmpty();
    }

    private static Row row(Setting setting) {
        Question<?> question = setting.question();
        String standard = question.standardTexts()
                .map(values -> values.isEmpty() ? "none" : quoted(String.join(", ", values)))
                .orElse(question.required() ? "required" : "none");
        return new Row(
                quoted(setting.path()),
                question.expectation(),
                standard,
                setting.variable().map(ConfigurationDocumentTest::quoted).orElse("file only"));
    }

    private static String quoted(String text) {
        return "`" + text + "`";
    }

    /** The cells of the rows that have so many and begin with a name. */
    private static List<List<String>> rows(int count) throws IOException {
        try (Stream<String> lines = Files.lines(DOCUMENT)) {
            return lines.filter(line -> line.startsWith("| `"))
                    .map(line -> List.of(line.substring(2, line.length() - 1).split(" \\| ?", -1)))
                    .filter(cells -> cells.size() == count)
                    .toList();
        }
    }

    /** All but the meaning. */
    private record Row(String key, String type, String standard, String variable) {
        @Override
        public String toString() {
            return "| " + key + " | " + type + " | " + standard + " | " + variable + " | … |";
        }
    }
}
