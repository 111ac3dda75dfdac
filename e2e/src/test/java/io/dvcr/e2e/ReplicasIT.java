package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.e2e.fixture.Balancer;
import io.dvcr.e2e.fixture.Bytes;
import io.dvcr.e2e.fixture.Ceph;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.Imports;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.Replicas;
import io.dvcr.e2e.fixture.WebServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three servers over one bucket: whoever is asked, the registry is one. */
@EndToEnd
@Timeout(300)
class ReplicasIT {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();
    private static Replicas replicas;
    private static final long SEED = System.nanoTime();
    private final Random random = new Random(SEED);

    @BeforeAll
    @Timeout(120)
    static void start() throws Exception {
        System.out.println("ReplicasIT seed " + SEED);
        Ceph ceph = Ceph.start();
        STARTED.push(ceph);
        replicas = Replicas.start(ceph, 3, new Random(SEED));
        STARTED.push(replicas);
    }

    @AfterAll
    @Timeout(120)
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    private static Http http(int turn) {
        return replicas.server(turn % 3).http();
    }

    @Test
    void every_request_of_a_chunked_push_may_meet_another_server() throws Exception {
        byte[] blob = Bytes.random(random, 20_000_000);
        String digest = Bytes.digest(blob);
        int turn = 0;
        String location = URI.create(http(turn++)
                        .post("/v2/chunked/push/blobs/uploads/", new byte[0])
                        .header("Location"))
                .getPath();
        for (int start = 0; start < blob.length; turn++) {
            int end = Math.min(blob.length, start + random.nextInt(1, 6_000_000));
            Answer offset = http(turn + 1).get(location);
            assertThat(offset.status()).as(offset.toString()).isEqualTo(204);
            Answer accepted = http(turn)
                    .patch(location, Arrays.copyOfRange(blob, start, end), "Content-Range", start + "-" + (end - 1));
            assertThat(accepted.status()).as(accepted.toString()).isEqualTo(202);
            start = end;
        }
        Answer finished = http(turn).put(location + "?digest=" + digest, new byte[0]);
        assertThat(finished.status()).as(finished.toString()).isEqualTo(201);
        for (int server = 0; server < 3; server++) {
            Bytes.assertSame(
                    "the blob",
                    http(server).get("/v2/chunked/push/blobs/" + digest).body(),
                    blob);
        }
    }

    @Test
    void what_one_server_has_stored_is_there_for_the_next_request_to_another() throws Exception {
        for (int round = 0; round < 12; round++) {
            byte[] config = ("{\"round\":" + round + "}").getBytes(UTF_8);
            byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                            + OciLayout.descriptor("application/vnd.oci.image.config.v1+json", config)
                            + ",\"layers\":[]}")
                    .getBytes(UTF_8);
            Answer blob = http(round).post("/v2/next/request/blobs/uploads/?digest=" + Bytes.digest(config), config);
            assertThat(blob.status()).as(blob.toString()).isEqualTo(201);
            Answer pushed =
                    http(round + 1).put("/v2/next/request/manifests/latest", manifest, "Content-Type", MANIFEST);
            assertThat(pushed.status()).as(pushed.toString()).isEqualTo(201);
            for (int server = 0; server < 3; server++) {
                Answer pulled = http(server).get("/v2/next/request/manifests/latest");
                assertThat(pulled.header("Docker-Content-Digest")).isEqualTo(Bytes.digest(manifest));
            }
        }
    }

    @Test
    void oras_and_skopeo_push_and_pull_through_a_balancer(@TempDir Path directory) throws Exception {
        byte[] content = Bytes.random(random, 12_000_003);
        Files.write(directory.resolve("disk.bin"), content);
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from three servers");
        try (Balancer balancer = Balancer.over(replicas.servers(), random)) {
            String disk = balancer.address() + "/files/disk:1";
            Command.of(Given.oras(), "push", "--plain-http", disk, "disk.bin:text/plain")
                    .in(directory)
                    .run()
                    .succeeded();
            Command.of(Given.oras(), "pull", "--plain-http", "-o", directory.resolve("pulled"), disk)
                    .run()
                    .succeeded();
            Bytes.assertSame("the file", Files.readAllBytes(directory.resolve("pulled/disk.bin")), content);
            String skopeo = "docker://" + balancer.address() + "/images/skopeo:1";
            skopeo("--dest-tls-verify=false", image.skopeoName(), skopeo);
            skopeo("--src-tls-verify=false", skopeo, "oci:" + directory.resolve("back"));
            assertThat(OciLayout.blobs(directory.resolve("back")))
                    .isEqualTo(OciLayout.blobs(directory.resolve("image")));
        }
    }

    private static void skopeo(String tls, String from, String to) throws Exception {
        Command.of("skopeo", "copy", "--preserve-digests", tls, from, to).run().succeeded();
    }

    @Test
    void imports_of_a_server_that_is_killed_are_done_by_others() throws Exception {
        Path guest = Given.image("guest.raw");
        try (WebServer web = WebServer.start()) {
            web.holdAt(Files.size(guest) / 2);
            Map<String, String> targets = new HashMap<>();
            for (int i = 0; i < 4; i++) {
                String target = "taken/over-" + i + ":1";
                targets.put(new Imports(replicas.server(i % 3)).submit(web.serve("guest" + i, guest), target), target);
            }
            for (String id : targets.keySet()) {
                new Imports(replicas.server(0)).awaitBytes(id, Files.size(guest) / 4);
            }
            DvcrServer victim = replicas.server(random.nextInt(3));
            replicas.kill(victim);
            web.release();
            DvcrServer witness = replicas.servers().stream()
                    .filter(server -> server != victim)
                    .findFirst()
                    .orElseThrow();
            for (Map.Entry<String, String> job : targets.entrySet()) {
                new Imports(witness).awaitSuccess(job.getKey());
                String path = job.getValue().replace(":", "/");
                Bytes.assertSame(
                        "the disk",
                        witness.http()
                                .get("/api/v1/images/" + path + "/disk?format=raw")
                                .body(),
                        Files.readAllBytes(guest));
            }
            replicas.restart(victim);
            for (String id : targets.keySet()) {
                new Imports(victim).awaitSuccess(id);
            }
        }
    }

    @Test
    void an_import_is_cancelled_through_whichever_server() throws Exception {
        Path guest = Given.image("guest.raw");
        try (WebServer web = WebServer.start()) {
            web.holdAt(Files.size(guest) / 2);
            String id = new Imports(replicas.server(0)).submit(web.serve("guest", guest), "cancelled/guest:1");
            new Imports(replicas.server(1)).awaitBytes(id, Files.size(guest) / 4);
            for (int server = 0; server < 3; server++) {
                http(server).delete("/api/v1/imports/" + id);
            }
            assertThat(new Imports(replicas.server(2))
                            .awaitEnd(id)
                            .path("phase")
                            .asText())
                    .isEqualTo("Cancelled");
        }
    }

    @Test
    void garbage_that_all_collect_at_once_is_nothing_that_anybody_names() throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> collectors = new ArrayList<>();
            for (DvcrServer server : replicas.servers()) {
                collectors.add(threads.submit(() -> {
                    int collections = 0;
                    while (!stop.get()) {
                        Answer report = server.http().post("/api/v1/gc?grace=PT0S", new byte[0]);
                        assertThat(report.status()).as(report.toString()).isEqualTo(200);
                        collections++;
                    }
                    return collections;
                }));
            }
            try {
                for (int round = 0; round < 30; round++) {
                    pushUntilAccepted(round);
                }
            } finally {
                stop.set(true);
            }
            for (Future<Integer> collector : collectors) {
                assertThat(collector.get()).isPositive();
            }
        }
    }

    /** Without any grace a blob may be gone before its manifest comes; then it is pushed again. */
    private void pushUntilAccepted(int round) throws Exception {
        byte[] config = ("{\"collected\":" + round + "}").getBytes(UTF_8);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST + "\",\"config\":"
                        + OciLayout.descriptor("application/vnd.oci.image.config.v1+json", config)
                        + ",\"layers\":[]}")
                .getBytes(UTF_8);
        Answer pushed;
        do {
            http(round).post("/v2/collected/often/blobs/uploads/?digest=" + Bytes.digest(config), config);
            pushed = http(round + 1).put("/v2/collected/often/manifests/r" + round, manifest, "Content-Type", MANIFEST);
        } while (pushed.status() == 404);
        assertThat(pushed.status()).as(pushed.toString()).isEqualTo(201);
        for (int server = 0; server < 3; server++) {
            Answer pulled = http(server).get("/v2/collected/often/blobs/" + Bytes.digest(config));
            assertThat(pulled.status()).as(pulled.toString()).isEqualTo(200);
        }
    }
}
