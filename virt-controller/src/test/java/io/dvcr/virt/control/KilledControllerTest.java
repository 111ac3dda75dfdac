package io.dvcr.virt.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.ResourceType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A controller killed at any of its calls to the world, again and again, before or after their effect: it converges. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class KilledControllerTest {
    private static final int LIVES = 20;
    private static final int LONGEST_LIFE = 12;

    private static Thread.UncaughtExceptionHandler before;

    @TempDir
    Path data;

    @BeforeAll
    static void letTheDeadBeSilent() {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, e) -> assertThat(e).isInstanceOf(Mortal.Killed.class));
    }

    @AfterAll
    static void restoreHandler() {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    static List<Long> seeds() {
        return new Random().longs(3).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void what_is_asked_for_comes_true_and_nothing_is_left_of_it(long seed) throws IOException {
        Random random = new Random(seed);
        try (World world = new World(data)) {
            world.image("debian", "debian.qcow2");
            world.disk("root", "debian", "");
            world.disk("data", "", "1Gi");
            world.machine("web", "AlwaysOn", 1, "root");
            world.attachment("more", "web", "data");
            kill(world, random);
            world.awaitPhase(Kinds.ATTACHMENT, "more", "Attached");

            world.machine("web", "AlwaysOn", 2, "root");
            world.operate("again", "Restart", "web");
            world.disk("root", "debian", "2Gi");
            kill(world, random);
            world.awaitPhase(Kinds.OPERATION, "again", "Completed");
            world.awaitPhase(Kinds.ATTACHMENT, "more", "Attached");
            world.await(
                    "the disk has grown",
                    () -> world.get(Kinds.DISK, "root")
                            .at("/status/capacity")
                            .asText()
                            .equals("2Gi"));
            assertThat(world.hypervisor.definition(world.uuid("web")).cores()).isEqualTo(2);

            for (ResourceType<?, ?> type : Kinds.ALL) {
                for (var resource : List.copyOf(world.resources.list(type))) {
                    world.delete(type, resource.key().name());
                }
            }
            kill(world, random);
            world.await("all is gone", () -> world.all().isEmpty());
            world.assertNothingIsLeft();
        }
    }

    private static void kill(World world, Random random) throws IOException {
        for (int i = 0; i < LIVES; i++) {
            Mortal life = Mortal.random(random, LONGEST_LIFE);
            world.restart(life);
            long end = System.nanoTime() + random.nextLong(100_000_000);
            while (!life.isDead() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
        world.restart(Mortal.immortal());
    }
}
