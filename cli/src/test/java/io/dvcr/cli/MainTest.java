package io.dvcr.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MainTest {
    private static final String NO_SERVER = "--server=http://127.0.0.1:1";

    private record Ended(int code, String out, String err) {}

    private static Ended run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Ended(code, out.toString(), err.toString());
    }

    private static Ended runWords(String line) {
        return run(Stream.of(line.split(" ")).filter(word -> !word.isEmpty()).toArray(String[]::new));
    }

    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().keySet().stream();
    }

    @ParameterizedTest
    @CsvSource({
        "'', Missing required subcommand",
        "frobnicate, frobnicate",
        "--frobnicate, --frobnicate",
        "import, Missing required parameters: 'SOURCE', 'REF'",
        "import http://x/, Missing required parameter: 'REF'",
        "import http://x/ a b, Unmatched argument",
        "inspect, Missing required parameter: 'REF'",
        "pull a:1, Missing required option: '-o=FILE'",
        "pull a:1 -o x --format qed, qed",
        "run, Missing required parameter: 'REF'",
        "run a:1 --cpus many, many",
        "run a:1 --accelerator xen, xen",
        "rm, Missing required parameter: 'REF'",
        "serve --config /dev/null --listen nonsense, must be HOST:PORT",
        "serve --config /dev/null --listen 0.0.0.0:0, --insecure-anonymous",
        "serve extra, Unmatched argument",
        "images --server, Missing",
        "token, Missing required subcommand",
        "token create, Missing required parameter: 'NAME'",
        "token create x --expires soon, must be a duration",
        "login ftp://x, SERVER must be HOST[:PORT]",
    })
    void a_wrong_command_line_ends_with_2_and_says_what_is_wrong(String line, String message) {
        Ended ended = runWords(line);
        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains(message).doesNotContain("Exception", "\tat ");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void help_lists_every_command_and_ends_with_0() {
        Ended ended = run("help");
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("dvcr").contains(commands().toList());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void every_command_has_help(String command) {
        Ended ended = run("help", command);
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("Usage: dvcr " + command);
    }

    @Test
    void version_tells_the_version_of_java() {
        Ended ended = run("version");
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).startsWith("dvcr ").contains("Java " + Runtime.version());
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "imports", "get vm", "inspect a:1", "rm a:1", "import http://x/y a:1"})
    void without_a_server_a_command_ends_with_1_and_says_how_to_start_one(String line) {
        Ended ended = runWords(line + " " + NO_SERVER);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .isEqualToIgnoringNewLines("dvcr: no server answers at http://127.0.0.1:1; './dvcr up' starts one");
    }

    @Test
    void a_malformed_reference_is_told_without_asking_a_server() {
        Ended ended = run("inspect", "Not A Name", NO_SERVER);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err())
                .startsWith("dvcr: invalid repository name \"Not A Name\"")
                .doesNotContain("Exception");
    }

    @Test
    void a_pull_does_not_overwrite_a_file_unasked(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("disk.img"), "precious");
        Ended ended = run("pull", "a:1", "-o", file.toString(), NO_SERVER);
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("--force replaces it");

        Ended forced = run("pull", "a:1", "-o", file.toString(), "--force", NO_SERVER);
        assertThat(forced.code()).isEqualTo(1);
        assertThat(forced.err()).contains("cannot connect to http://127.0.0.1:1");
        assertThat(file).hasContent("precious");
    }

    @Test
    void config_check_tells_every_fault_and_ends_with_1(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("dvcr.yaml"), "listen: here\ngarbage:\n  grase: 1h\n");
        Ended ended = run("config", "check", "--config", file.toString());
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err().lines())
                .containsExactly(
                        file + ":1: listen: must be HOST:PORT, such as 127.0.0.1:5000, not here",
                        file + ":3: garbage.grase: is not a key; did you mean garbage.grace?");

        Ended serve = run("serve", "--config", file.toString());
        assertThat(serve.code()).isEqualTo(2);
        assertThat(serve.err()).startsWith(ended.err());

        Files.writeString(file, "garbage: {grace: 1h}");
        assertThat(run("config", "check", "--config", file.toString())).isEqualTo(new Ended(0, "", ""));
    }

    @Test
    void config_show_shows_all_or_one_key(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("dvcr.yaml"), "garbage: {grace: 60m}");
        Ended all = run("config", "show", "--config", file.toString());
        assertThat(all.code()).isZero();
        assertThat(all.out())
                .contains("garbage:\n  interval: 1h\n  grace: 1h  # " + file + ":1\n", "listen: 127.0.0.1:5000\n");

        assertThat(run("config", "show", "garbage.grace", "--config", file.toString()))
                .isEqualTo(new Ended(0, "1h\n", ""));
        Ended unknown = run("config", "show", "garbage.grase", "--config", file.toString());
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).startsWith("garbage.grase is not set");
    }
}
