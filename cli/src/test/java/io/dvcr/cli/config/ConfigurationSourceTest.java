package io.dvcr.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ConfigurationSourceTest {
    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("dvcr.yaml");
    }

    private ConfigurationSource source(boolean required) {
        return new ConfigurationSource(file, required, Map.of(), List.of(), Sources.ROOT, directory);
    }

    private String fault() {
        return String.join(
                "\n",
                catchThrowableOfType(
                                ConfigurationException.class, () -> source(true).read())
                        .faults());
    }

    @Test
    void the_file_is_read() throws Exception {
        Files.writeString(file, "garbage: {grace: 2d}");
        assertThat(source(true).read().value().garbage().grace()).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void a_file_that_somebody_named_must_be_there_and_any_other_need_not() throws Exception {
        assertThat(fault()).isEqualTo(file + ": does not exist");
        assertThat(source(false).read().value()).isEqualTo(Sources.read("").value());
    }

    @Test
    void nothing_is_a_configuration() throws Exception {
        file = Path.of("/dev/null");
        assertThat(source(true).read().value()).isEqualTo(Sources.read("").value());
    }

    @Test
    void a_file_that_cannot_be_read_is_told() throws IOException {
        Files.createDirectory(file);
        assertThat(fault()).startsWith(file + ": cannot be read: ");
    }

    @Test
    void a_file_that_is_not_utf8_is_told() throws IOException {
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xff});
        assertThat(fault()).isEqualTo(file + ": is not UTF-8");
    }

    @Test
    void a_file_is_read_only_up_to_a_limit() {
        file = Path.of("/dev/zero");
        assertThat(fault()).isEqualTo("/dev/zero: is larger than 1048576 bytes");
    }

    @Test
    void faults_come_in_the_order_of_the_file() throws IOException {
        Files.writeString(file, "unknown: 1\nmachines: {resync: x}\nlisten: y");
        assertThat(fault().lines().map(line -> line.substring(file.toString().length())))
                .containsExactly(
                        ":1: unknown: is not a key",
                        ":2: machines.resync: must be a duration such as 30s, 5m, 24h, 7d or PT1H, not x",
                        ":3: listen: must be HOST:PORT, such as 127.0.0.1:5000, not y");
    }

    @Test
    void secrets_are_not_in_any_text_of_it() throws Exception {
        ConfigurationSource source =
                new ConfigurationSource(file, false, Map.of("PASSWORD", "hunter2"), List.of(), Sources.ROOT, directory);
        assertThat(source.toString()).doesNotContain("hunter2");
        assertThat(source.read("# hunter2").toString()).doesNotContain("hunter2");
    }
}
