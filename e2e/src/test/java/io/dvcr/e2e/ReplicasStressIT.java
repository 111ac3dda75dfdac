package io.dvcr.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.e2e.fixture.Ceph;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Replicas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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
 * Garbage is collected in a loop, without any grace, while clients push, mount, tag, delete and pull over three servers
 * of which now and then one or two are killed: nothing that a stored manifest names is ever missing, nothing that was
 * acknowledged is lost, and in the end nothing is left.
 */
@EndToEnd
@Timeout(900) // about three minutes on a quiet machine
class ReplicasStressIT {
    private static final int SERVERS = 3;
    private static final int CLIENTS = 4;
    private static final int DEATHS = 5;
    private static final Duration LIFE = Duration.ofSeconds(12);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final AtomicBoolean stop = new AtomicBoolean();

    @Test
    void nothing_that_is_named_is_ever_missing_whichever_server_dies() throws Exception {
        System.out.println("ReplicasStressIT seed " + seed);
        try (Ceph ceph = Ceph.start();
                Replicas replicas = Replicas.start(ceph, SERVERS, new Random(seed));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<StressClient> clients = stress(replicas, threads);
            replicas.server(0)
                    .dvcr()
                    .run("store", "check", "--config", replicas.configuration())
                    .succeeded();
            for (StressClient client : clients) {
                client.finish();
            }
            assertNothingIsLeft(replicas);
        }
    }

    /** Returns the clients after they have stopped. */
    private List<StressClient> stress(Replicas replicas, ExecutorService threads) throws Exception {
        ConcurrentMap<String, StoredArtifact> everybodys = new ConcurrentHashMap<>();
        AtomicInteger stored = new AtomicInteger();
        List<Future<StressClient>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            running.add(threads.submit(
                    new StressClient(replicas, "client" + i, new Random(seed + i), stop, stored, everybodys)));
        }
        Future<Integer> collector = threads.submit(() -> collect(replicas));
        try {
            for (int death = 0; death < DEATHS && running.stream().noneMatch(Future::isDone); death++) {
                Thread.sleep(LIFE);
                killSome(replicas);
            }
            Thread.sleep(LIFE);
        } finally {
            stop.set(true);
        }
        List<StressClient> clients = new ArrayList<>();
        for (Future<StressClient> client : running) {
            clients.add(client.get());
        }
        assertThat(stored.get()).isPositive();
        System.out.printf(
                "ReplicasStressIT: %d collections, %d artifacts stored, %d refused for want of a blob%n",
                collector.get(),
                stored.get(),
                clients.stream().mapToInt(StressClient::refused).sum());
        return clients;
    }

    /** One or two, which stay away so long that the others take over, or come back before. */
    private void killSome(Replicas replicas) throws Exception {
        List<DvcrServer> victims = new ArrayList<>(replicas.servers());
        Collections.shuffle(victims, random);
        victims.subList(1 + random.nextInt(SERVERS - 1), SERVERS).clear();
        for (DvcrServer victim : victims) {
            replicas.kill(victim);
        }
        Thread.sleep(random.nextLong(2 * Replicas.TERM.toMillis()));
        for (DvcrServer victim : victims) {
            replicas.restart(victim);
        }
    }

    private int collect(Replicas replicas) throws Exception {
        int collections = 0;
        while (!stop.get()) {
            JsonNode report = replicas.collectGarbage();
            assertThat(report.path("unreadableManifests").asInt()).isZero();
            collections++;
        }
        return collections;
    }

    private static void assertNothingIsLeft(Replicas replicas) throws Exception {
        JsonNode report = replicas.collectGarbage();
        for (int collection = 0; collection < 4; collection++) {
            report = replicas.collectGarbage();
        }
        assertThat(report.path("left").asInt()).as(report.toString()).isZero();
        assertThat(report.path("unreadableManifests").asInt()).isZero();
    }
}
