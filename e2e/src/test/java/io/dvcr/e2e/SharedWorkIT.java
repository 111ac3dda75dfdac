package io.dvcr.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.dvcr.e2e.fixture.Balancer;
import io.dvcr.e2e.fixture.Ceph;
import io.dvcr.e2e.fixture.Command;
import io.dvcr.e2e.fixture.DirectoryTree;
import io.dvcr.e2e.fixture.Dvcr;
import io.dvcr.e2e.fixture.DvcrServer;
import io.dvcr.e2e.fixture.EndToEnd;
import io.dvcr.e2e.fixture.Eventually;
import io.dvcr.e2e.fixture.Given;
import io.dvcr.e2e.fixture.Http;
import io.dvcr.e2e.fixture.Http.Answer;
import io.dvcr.e2e.fixture.OciLayout;
import io.dvcr.e2e.fixture.Qemu;
import io.dvcr.e2e.fixture.Replicas;
import io.dvcr.e2e.fixture.WebServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What one of two servers over one bucket does for both, and what each does for itself. */
@EndToEnd
@Timeout(300)
class SharedWorkIT {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = System.nanoTime();

    private static final Deque<AutoCloseable> STARTED = new ArrayDeque<>();
    private static final List<String> EVENTS = new CopyOnWriteArrayList<>();
    private static Replicas replicas;
    private static Balancer balancer;

    @BeforeAll
    @Timeout(300)
    static void start() throws Exception {
        System.out.println("SharedWorkIT seed " + SEED);
        HttpServer receiver = receiver();
        STARTED.push(() -> receiver.stop(0));
        Ceph ceph = Ceph.start();
        STARTED.push(ceph);
        replicas = Replicas.start(ceph, 2, """
                garbage: {interval: 4s}
                webhooks: {endpoints: [{name: test, url: 'http://127.0.0.1:%d/'}]}
                """.formatted(receiver.getAddress().getPort()), new Random(SEED));
        STARTED.push(replicas);
        balancer = Balancer.over(replicas.servers(), new Random(SEED));
        STARTED.push(balancer);
    }

    /** Notes type and subject of each event, in the order they come. */
    private static HttpServer receiver() throws IOException {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
        receiver.createContext("/", exchange -> {
            JsonNode event = JSON.readTree(exchange.getRequestBody());
            EVENTS.add(event.path("type").asText() + " " + event.path("subject").asText());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        return receiver;
    }

    @AfterAll
    @Timeout(120)
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    private static Http http(int turn) {
        return replicas.server(turn % 2).http();
    }

    private static void push(int turn, String repository, int tag) throws Exception {
        String index = "{\"schemaVersion\":2,\"manifests\":[],\"annotations\":{\"n\":\"%d\"}}".formatted(tag);
        Answer pushed =
                http(turn).put("/v2/" + repository + "/manifests/" + tag, index.getBytes(UTF_8), "Content-Type", INDEX);
        assertThat(pushed.status()).as(pushed.toString()).isEqualTo(201);
    }

    private static List<String> events(String type, String repository) {
        String start = "io.dvcr." + type + " " + repository;
        return EVENTS.stream()
                .filter(event -> event.startsWith(start))
                .map(event -> event.substring(event.indexOf(' ') + 1))
                .toList();
    }

    private static List<String> names(String repository, int first, int last) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(tag -> repository + ":" + tag)
                .toList();
    }

    @Test
    void podman_pushes_and_pulls_through_two_servers(@TempDir Path directory) throws Exception {
        OciLayout image = OciLayout.create(directory.resolve("image"), "hello from podman and two servers");
        String name = balancer.address() + "/images/podman:1";
        String pushed = balancer.address() + "/images/podman-pushed:1";
        Command.of("skopeo", "copy", "--dest-tls-verify=false", image.skopeoName(), "docker://" + name)
                .run()
                .succeeded();
        Path storage = DirectoryTree.temporary();
        try {
            Command podman = Command.of("podman", "--root", storage.resolve("root"), "--storage-driver=vfs")
                    .and("--runroot", storage.resolve("run"), "--tmpdir", storage.resolve("tmp"));
            podman.and("pull", "--tls-verify=false", name).run().succeeded();
            podman.and("push", "--tls-verify=false", name, pushed).run().succeeded();
            podman.and("rmi", "--all", "--force").run().succeeded();
            podman.and("pull", "--tls-verify=false", pushed).run().succeeded();
            String mounted = podman.and("image", "mount", pushed)
                    .run()
                    .succeeded()
                    .stdout()
                    .strip();
            assertThat(Path.of(mounted, "hello")).hasContent("hello from podman and two servers");
            podman.and("image", "umount", "--all").run().succeeded();
        } finally {
            DirectoryTree.delete(storage);
        }
    }

    @Test
    void every_event_is_told_once_and_in_order_whichever_server_it_happens_at() throws Exception {
        for (int tag = 1; tag <= 12; tag++) {
            push(tag, "told", tag);
        }
        Eventually.holds(
                "the last event",
                DEADLINE,
                () -> events("manifest.pushed", "told:").contains("told:12"));

        assertThat(events("manifest.pushed", "told:")).isEqualTo(names("told", 1, 12));
    }

    /** Each by itself would keep house as often as both together may. */
    @Test
    void one_keeps_house_for_both() throws Exception {
        Eventually.holds("house was kept for a while", DEADLINE, () -> turns().size() >= 8);

        List<Instant> turns = turns();
        long seconds = Duration.between(turns.getFirst(), turns.getLast()).toSeconds();
        assertThat((long) turns.size()).as("turns in %d s", seconds).isLessThanOrEqualTo(seconds / 3 + 2);
    }

    /** When either of them kept house, as they have logged. A bucket's times are in whole seconds. */
    private static List<Instant> turns() throws IOException {
        List<Instant> turns = new ArrayList<>();
        for (DvcrServer server : replicas.servers()) {
            server.logged()
                    .lines()
                    .filter(line -> line.contains(" housekeeping "))
                    .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
                    .forEach(turns::add);
        }
        turns.sort(Comparator.naturalOrder());
        return turns;
    }

    @Test
    void a_conversion_is_known_to_a_server_that_was_not_asked_for_it(@TempDir Path directory) throws Exception {
        importGuest("converted/guest:1");
        String told = new Dvcr(URI.create("http://" + balancer.address()))
                .run("convert", "converted/guest:1", "--format", "vdi")
                .succeeded()
                .stdout();
        assertThat(told).startsWith("converted converted/guest:1 to vdi (");

        Answer begun = http(0).post(
                        "/api/v1/conversions",
                        "{\"image\":\"converted/guest:1\",\"format\":\"qcow2\"}".getBytes(UTF_8));
        assertThat(begun.status()).as(begun.toString()).isEqualTo(202);
        String location = begun.header("Location");
        Eventually.holds("the other server has it too", DEADLINE, () -> {
            Answer now = http(1).get(location);
            assertThat(now.status()).as(now.toString()).isEqualTo(200);
            return now.json().path("phase").asText().equals("Succeeded");
        });
        Path file = Files.write(
                directory.resolve("guest.qcow2"),
                http(1).get(http(1).get(location).json().path("disk").asText()).body());
        Qemu.compare("qcow2", file, "raw", Given.image("guest.raw"));
        assertThat(http(1).get("/api/v1/conversions/none").status()).isEqualTo(404);
    }

    /** Each makes a file of its own, with other identifiers in it: no client may get a piece of both. */
    @Test
    void a_download_that_goes_on_at_another_server_is_of_one_file(@TempDir Path directory) throws Exception {
        importGuest("resumed/guest:1");
        String disk = "/api/v1/images/resumed/guest/1/disk?format=vmdk";
        Answer first = http(0).get(disk, "Range", "bytes=0-99999");
        assertThat(first.status()).as(first.toString()).isEqualTo(206);
        Answer rest = http(1).get(disk, "Range", "bytes=100000-", "If-Range", first.header("ETag"));

        ByteArrayOutputStream received = new ByteArrayOutputStream();
        if (rest.status() == 206) {
            received.write(first.body());
        }
        received.write(rest.body());
        byte[] whole = http(1).get(disk).body();
        assertThat(Arrays.equals(received.toByteArray(), whole)).isTrue();
        Path file = Files.write(directory.resolve("guest.vmdk"), received.toByteArray());
        Qemu.compare("vmdk", file, "raw", Given.image("guest.raw"));
    }

    private static void importGuest(String name) throws Exception {
        try (WebServer web = WebServer.start()) {
            replicas.server(0)
                    .dvcr()
                    .run("import", web.serve("guest.raw", Given.image("guest.raw")), name)
                    .succeeded();
        }
    }
}
