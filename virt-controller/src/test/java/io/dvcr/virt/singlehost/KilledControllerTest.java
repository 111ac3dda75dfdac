package io.dvcr.virt.singlehost;

import static io.dvcr.virt.singlehost.Bench.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachinePhase;
import io.dvcr.virt.store.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A controller killed at any of its calls to the world, before or after its effect: the next one converges. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class KilledControllerTest {
    private static Thread.UncaughtExceptionHandler before;

    @TempDir
    Path data;

    @BeforeAll
    static void letTheDeadBeSilent() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> assertThat(e).isInstanceOf(Mortality.Killed.class));
    }

    @AfterAll
    static void restoreHandler() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    static Stream<Arguments> moments(int calls) {
        return IntStream.range(0, calls)
                .boxed()
                .flatMap(call -> Stream.of(Arguments.of(call, false), Arguments.of(call, true)));
    }

    /** describe, download, define, start. */
    static Stream<Arguments> momentsOfAStart() {
        return moments(4);
    }

    @ParameterizedTest
    @MethodSource("momentsOfAStart")
    void a_start_is_completed(int call, boolean afterEffect) throws IOException {
        Bench bench = new Bench(data);
        bench.mortality.dieAt(call, afterEffect);
        bench.createWeb();

        reopenOnceDead(bench);

        try (bench) {
            Machine running = bench.awaitPhase(MachinePhase.Running);
            assertThat(bench.host.starts()).isEqualTo(1);
            assertThat(bench.host.definitions())
                    .containsOnlyKeys(running.status().uuid());
            assertThat(running.status().volume()).hasContent("the disk of debian");
            bench.await(() -> files(running).equals(List.of("disk", "machine.json")));
        }
    }

    /** shutdown. */
    static Stream<Arguments> momentsOfAStop() {
        return moments(1);
    }

    @ParameterizedTest
    @MethodSource("momentsOfAStop")
    void a_stop_is_completed(int call, boolean afterEffect) throws IOException {
        Bench bench = new Bench(data);
        bench.runWeb();
        bench.mortality.dieAt(call, afterEffect);
        bench.controller().stop(WEB, false);

        reopenOnceDead(bench);

        try (bench) {
            bench.awaitPhase(MachinePhase.Stopped);
            bench.controller().start(WEB);
            bench.awaitPhase(MachinePhase.Running);
        }
    }

    /** destroy, undefine. */
    static Stream<Arguments> momentsOfADeletion() {
        return moments(2);
    }

    @ParameterizedTest
    @MethodSource("momentsOfADeletion")
    void a_deletion_is_completed(int call, boolean afterEffect) throws IOException {
        Bench bench = new Bench(data);
        bench.runWeb();
        bench.mortality.dieAt(call, afterEffect);
        bench.controller().delete(WEB);

        reopenOnceDead(bench);

        try (bench) {
            bench.awaitGone();
            assertThat(bench.host.definitions()).isEmpty();
            assertThat(data.resolve("machines")).isDirectoryNotContaining("glob:**/[!.]*");
        }
    }

    @Test
    void these_are_all_the_calls_there_are() throws IOException {
        try (Bench bench = new Bench(data)) {
            bench.runWeb();
            assertThat(bench.mortality.calls()).containsExactly("describe", "download", "define", "start");
            bench.mortality.live();
            bench.controller().stop(WEB, false);
            bench.awaitPhase(MachinePhase.Stopped);
            assertThat(bench.mortality.calls()).containsExactly("shutdown");
            bench.controller().start(WEB);
            bench.awaitPhase(MachinePhase.Running);
            bench.mortality.live();
            bench.controller().delete(WEB);
            bench.awaitGone();
            assertThat(bench.mortality.calls()).containsExactly("destroy", "undefine");
        }
    }

    @Test
    void what_a_crash_left_in_the_tree_is_cleared_away() throws IOException {
        Path machines = data.resolve("machines");
        Files.createDirectories(machines.resolve(".new.creating"));
        Files.writeString(machines.resolve(".new.creating/machine.json.tmp"), "{");
        Files.createDirectories(machines.resolve(".0b2f3c4d.deleting"));
        Files.writeString(machines.resolve(".0b2f3c4d.deleting/disk"), "old");

        try (Bench bench = new Bench(data)) {
            assertThat(bench.controller().list()).isEmpty();
            assertThat(machines).isDirectoryNotContaining("glob:**/.*ing");
        }
    }

    @Test
    void a_machine_whose_record_is_damaged_is_left_alone_and_does_not_stop_the_others() throws IOException {
        Path damaged = data.resolve("machines/db");
        Files.createDirectories(damaged);
        Files.writeString(damaged.resolve("machine.json"), "{\"version\":1,");
        Files.writeString(damaged.resolve("disk"), "precious");

        try (Bench bench = new Bench(data)) {
            bench.runWeb();
            assertThat(damaged.resolve("disk")).hasContent("precious");
        }
    }

    private static void reopenOnceDead(Bench bench) throws IOException {
        bench.await(bench.mortality::isDead);
        bench.close();
        bench.mortality.live();
        bench.controller();
    }

    private static List<String> files(Machine machine) {
        try {
            return DurableFiles.children(machine.status().volume().resolveSibling(".")).stream()
                    .map(path -> path.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
