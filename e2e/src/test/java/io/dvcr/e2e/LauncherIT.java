package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code ./dvcr up} and {@code ./dvcr down} for a user who has nothing yet. */
@EndToEnd
@Timeout(120)
class LauncherIT {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private Path home;
    private Path data;

    @BeforeEach
    void makeEmptyHome() throws IOException {
        home = DirectoryTree.temporary();
        data = home.resolve("data");
    }

    @AfterEach
    void stop() throws Exception {
        try {
            launch("down", "--data", data).run().succeeded();
        } finally {
            DirectoryTree.delete(home);
        }
    }

    @Test
    void up_starts_a_server_and_down_stops_it() throws Exception {
        String up = launch("up", "--listen", "127.0.0.1:0", "--data", data)
                .run()
                .succeeded()
                .stdout();
        String address = value(up, "address");
        String process = value(up, "process");
        assertThat(up).contains("dvcr is up").contains("dvcr down --data " + data);
        assertThat(value(up, "data")).isEqualTo(data.toString());
        assertThat(Path.of(value(up, "log"))).content().contains("dvcr is ready on " + address);
        assertThat(launch("images")
                        .with("DVCR_SERVER", address)
                        .run()
                        .succeeded()
                        .stdout())
                .startsWith("IMAGE");

        String again = launch("up", "--data", data).run().succeeded().stdout();
        assertThat(again).contains("dvcr is already running");
        assertThat(value(again, "process")).isEqualTo(process);

        assertThat(launch("down", "--data", data).run().succeeded().stdout()).contains("dvcr is down");
        Eventually.holds(
                "the host has collected process " + process,
                DEADLINE,
                () -> Files.notExists(Path.of("/proc", process)));
        assertThat(launch("images")
                        .with("DVCR_SERVER", address)
                        .run()
                        .failedWith(1)
                        .stderr())
                .contains("no server answers at " + address)
                .contains("dvcr up");
        assertThat(launch("down", "--data", data).run().succeeded().stdout()).contains("dvcr is not running");
    }

    @Test
    void a_server_that_cannot_start_is_told_with_its_reason() throws Exception {
        Files.createDirectories(data);
        Files.writeString(data.resolve("store"), "a file where a directory must be");

        assertThat(launch("up", "--listen", "127.0.0.1:0", "--data", data)
                        .run()
                        .failedWith(1)
                        .stderr())
                .contains("the server ended before it was ready")
                .contains(data.resolve("dvcr.log").toString())
                .contains("store");
    }

    @Test
    void a_second_server_on_the_same_data_is_refused() throws Exception {
        launch("up", "--listen", "127.0.0.1:0", "--data", data).run().succeeded();

        assertThat(launch("serve", "--listen", "127.0.0.1:0", "--data", data)
                        .run()
                        .failedWith(1)
                        .stderr())
                .contains("another process uses the store");
    }

    @Test
    void up_and_down_keep_to_the_configuration() throws Exception {
        Path file = Files.writeString(
                home.resolve("dvcr.yaml"), "listen: 127.0.0.1:0\ndata: data\nmachines: {enabled: false}\n");

        String up = launch("up", "--config", file).run().succeeded().stdout();
        assertThat(up).contains("dvcr is up");
        assertThat(value(up, "data")).isEqualTo(data.toString());

        assertThat(launch("down", "--config", file).run().succeeded().stdout()).contains("dvcr is down");
    }

    @Test
    void a_faulty_configuration_is_told_with_all_its_faults() throws Exception {
        Path file = Files.writeString(home.resolve("dvcr.yaml"), "listen: here\ngarbage: {grase: 1h}\n");

        assertThat(launch("up", "--config", file).run().failedWith(1).stderr())
                .contains(file + ":1: listen: must be HOST:PORT")
                .contains(file + ":2: garbage.grase: is not a key; did you mean garbage.grace?");
    }

    @Test
    void version_tells_what_this_is() throws Exception {
        assertThat(launch("version").run().succeeded().stdout())
                .startsWith("dvcr ")
                .contains("Java 25");
    }

    private Command launch(Object... words) {
        return Command.of(Given.launcher()).and(words).with("HOME", home).with("XDG_DATA_HOME", "");
    }

    private static String value(String description, String name) {
        return description
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in: " + description));
    }
}
