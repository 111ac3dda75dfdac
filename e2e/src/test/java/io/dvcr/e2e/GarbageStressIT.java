package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.MortalServer;
import io.dvcr.e2e.fixture.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Garbage is collected in a loop, without any grace, while clients push, mount, tag, delete and pull and the server is
 * killed again and again: nothing that a stored manifest names is ever missing, and in the end nothing is left.
 */
@EndToEnd
@Timeout(300)
class GarbageStressIT {
    private static final int CLIENTS = 8;
    private static final int DEATHS = 5;
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(10);
    private static final int DISK_MEGABYTES = 500;

    /** What the store of a registry without content holds all the same. */
    private static final Set<String> OF_THE_SERVER =
            Set.of(".lock", "scrub/state", "access/signing-key", "housekeeping/done");

    private final long seed = System.nanoTime();
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void nothing_that_is_named_is_ever_missing_and_nothing_else_is_left() throws Exception {
        System.out.println("GarbageStressIT seed " + seed);
        try (SmallDisk disk = SmallDisk.mount(DISK_MEGABYTES); // in memory, where much happens in little time
                MortalServer server = MortalServer.registryOn(disk);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<StressClient> clients = stress(server, threads);
            for (StressClient client : clients) {
                client.finish();
            }
            assertNothingIsLeft(server);
        }
    }

    /** Returns the clients after they have stopped. */
    private List<StressClient> stress(MortalServer server, ExecutorService threads) throws Exception {
        ConcurrentMap<String, StoredArtifact> everybodys = new ConcurrentHashMap<>();
        AtomicInteger stored = new AtomicInteger();
        List<Future<StressClient>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            running.add(threads.submit(
                    new StressClient(server, "client" + i, new Random(seed + i), stop, stored, everybodys)));
        }
        Future<Integer> collector = threads.submit(() -> collect(server));
        try {
            Random random = new Random(seed);
            for (int life = 0; life <= DEATHS && running.stream().noneMatch(Future::isDone); life++) {
                if (life > 0) {
                    server.killAndRestart();
                }
                live(stored, random.nextInt(20, 80));
            }
        } finally {
            stop.set(true);
        }
        List<StressClient> clients = new ArrayList<>();
        for (Future<StressClient> client : running) {
            clients.add(client.get());
        }
        assertThat(stored.get()).isPositive();
        System.out.printf(
                "GarbageStressIT: %d collections, %d artifacts stored, %d refused for want of a blob%n",
                collector.get(),
                stored.get(),
                clients.stream().mapToInt(StressClient::refused).sum());
        return clients;
    }

    /** Lets so many requests to store an artifact pass, if the machine is fast enough. */
    private static void live(AtomicInteger stored, int artifacts) throws InterruptedException {
        long end = System.nanoTime() + LONGEST_LIFE.toNanos();
        int enough = stored.get() + artifacts;
        while (stored.get() < enough && System.nanoTime() - end < 0) {
            Thread.sleep(10);
        }
    }

    private int collect(MortalServer server) throws Exception {
        int collections = 0;
        while (!stop.get()) {
            JsonNode report = server.collectGarbage();
            assertThat(report.path("unreadableManifests").asInt()).isZero();
            collections++;
        }
        return collections;
    }

    private static void assertNothingIsLeft(MortalServer server) throws Exception {
        cancelUploads(server);
        for (int collection = 0; collection < 4; collection++) {
            server.collectGarbage();
        }
        List<String> left = DirectoryTree.entries(server.store()).stream()
                .filter(entry -> Files.isRegularFile(server.store().resolve(entry)))
                .filter(entry -> !OF_THE_SERVER.contains(entry))
                .toList();
        assertThat(left).isEmpty();
    }

    /** Those that clients, or deaths of the server, have left: they would expire in a week. */
    private static void cancelUploads(MortalServer server) throws Exception {
        Path uploads = server.store().resolve("uploads");
        for (String entry : DirectoryTree.entries(uploads)) {
            if (entry.endsWith("/session")) {
                JsonNode session =
                        new ObjectMapper().readTree(uploads.resolve(entry).toFile());
                String id = entry.substring(0, entry.indexOf('/'));
                Answer cancelled = server.insist(
                        http -> http.delete("/v2/" + session.path("repository").asText() + "/blobs/uploads/" + id));
                assertThat(cancelled.status()).as(cancelled.toString()).isEqualTo(204);
            }
        }
    }
}
