package io.dvcr.registry.event;

import static io.dvcr.registry.TestServer.index;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.registry.TestServer;
import io.dvcr.registry.TestServer.Setup;
import io.dvcr.registry.event.WebhookReceiver.Received;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryPattern;
import io.dvcr.storage.content.Manifest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events, from what a client does to what an endpoint gets. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class WebhookTest {
    @TempDir
    private Path directory;

    private WebhookReceiver receiver;

    @BeforeEach
    void startReceiver() throws IOException {
        receiver = WebhookReceiver.start();
    }

    @AfterEach
    void stopReceiver() {
        receiver.close();
    }

    private WebhookEndpoint endpoint() {
        return endpoint(receiver.url());
    }

    static WebhookEndpoint endpoint(URI url) {
        return new WebhookEndpoint("test", url, Map.of(), Optional.empty(), Set.of(), List.of());
    }

    static WebhookSettings settings(WebhookEndpoint... endpoints) {
        return new WebhookSettings(
                "/registry",
                Duration.ofSeconds(5),
                Duration.ofMillis(20),
                Duration.ofHours(1),
                1000,
                List.of(endpoints));
    }

    private TestServer start(WebhookSettings settings) throws IOException {
        return TestServer.start(directory, Setup.PLAIN.with(settings));
    }

    @Test
    void a_pushed_manifest_is_told_as_a_cloud_event() throws Exception {
        try (TestServer server = start(settings(endpoint()))) {
            Digest digest = server.pushManifest("vms/debian", "13", "one");

            Received post = receiver.next();
            assertThat(post.header("Content-Type")).isEqualTo("application/cloudevents+json; charset=utf-8");
            JsonNode event = post.json();
            assertThat(event.path("specversion").asText()).isEqualTo("1.0");
            assertThat(event.path("id").asText()).isNotEmpty().isEqualTo(post.header("webhook-id"));
            assertThat(event.path("source").asText()).isEqualTo("/registry");
            assertThat(event.path("type").asText()).isEqualTo("io.dvcr.manifest.pushed");
            assertThat(event.path("subject").asText()).isEqualTo("vms/debian:13");
            assertThat(Instant.parse(event.path("time").asText())).isBeforeOrEqualTo(Instant.now());
            assertThat(event.path("datacontenttype").asText()).isEqualTo("application/json");
            JsonNode data = event.path("data");
            assertThat(data.path("repository").asText()).isEqualTo("vms/debian");
            assertThat(data.path("digest").asText()).isEqualTo(digest.toString());
            assertThat(data.path("mediaType").asText()).isEqualTo(Manifest.OCI_INDEX);
            assertThat(data.path("size").asInt()).isEqualTo(index("one").length());
            assertThat(data.path("tags").toString()).isEqualTo("[\"13\"]");
            assertThat(data.has("actor")).isFalse();
        }
    }

    @Test
    void a_push_by_digest_with_tags_names_them_all() throws Exception {
        try (TestServer server = start(settings(endpoint()))) {
            Digest digest = Digest.sha256(index("one").getBytes(UTF_8));
            server.putIndex("a", digest + "?tag=x&tag=y", index("one"));
            assertThat(receiver.next().json().path("subject").asText()).isEqualTo("a:x");

            server.putIndex("a", digest, index("one"));
            JsonNode untagged = receiver.next().json();
            assertThat(untagged.path("subject").asText()).isEqualTo("a@" + digest);
            assertThat(untagged.path("data").path("tags").isEmpty()).isTrue();
        }
    }

    @Test
    void what_is_deleted_is_told() throws Exception {
        try (TestServer server = start(settings(endpoint()))) {
            Digest digest = server.pushManifest("a", "x", "one");
            server.send("DELETE", "/v2/a/manifests/x");
            server.send("DELETE", "/v2/a/manifests/" + digest);

            assertThat(receiver.types(3))
                    .containsExactly(
                            "io.dvcr.manifest.pushed a:x",
                            "io.dvcr.tag.deleted a:x",
                            "io.dvcr.manifest.deleted a@" + digest);
        }
    }

    @Test
    void an_import_is_told_and_so_is_the_removal_of_its_image() throws Exception {
        try (TestServer server = start(settings(endpoint()))) {
            byte[] disk = new byte[1 << 20];
            disk[0] = 1;
            JsonNode job = server.importDisk("vms/raw:1", disk);

            JsonNode event = receiver.next().json();
            assertThat(event.path("type").asText()).isEqualTo("io.dvcr.image.imported");
            assertThat(event.path("subject").asText()).isEqualTo("vms/raw:1");
            assertThat(event.path("data").path("digest"))
                    .isEqualTo(job.path("image").path("digest"));
            assertThat(event.path("data").path("import")).isEqualTo(job.path("id"));

            server.send("DELETE", "/api/v1/images/vms/raw/1");
            String digest = job.path("image").path("digest").asText();
            assertThat(receiver.types(2))
                    .containsExactly("io.dvcr.tag.deleted vms/raw:1", "io.dvcr.manifest.deleted vms/raw@" + digest);
        }
    }

    @Test
    void a_failed_import_is_told_with_its_reason() throws Exception {
        try (TestServer server = start(settings(endpoint()))) {
            JsonNode job = server.importDisk("vms/bad:1", "QFI\u00fb not really".getBytes(ISO_8859_1));
            assertThat(job.path("phase").asText()).isEqualTo("Failed");

            JsonNode event = receiver.next().json();
            assertThat(event.path("type").asText()).isEqualTo("io.dvcr.import.failed");
            assertThat(event.path("data").path("error").path("code"))
                    .isEqualTo(job.path("error").path("code"));
        }
    }

    @Test
    void a_refused_request_is_no_event() throws Exception {
        try (TestServer server = start(settings(endpoint()))) {
            server.putManifest("a", "x", "no manifest");
            server.send("DELETE", "/v2/a/manifests/x");
            server.pushManifest("a", "y", "the first that is one");

            assertThat(receiver.types(1)).containsExactly("io.dvcr.manifest.pushed a:y");
        }
    }

    @Test
    void an_endpoint_gets_what_it_asks_for() throws Exception {
        WebhookEndpoint deletionsOfVms = new WebhookEndpoint(
                "picky",
                receiver.url(),
                Map.of("Authorization", "Bearer abc"),
                Optional.of("secret"),
                Set.of(EventType.TAG_DELETED),
                List.of(RepositoryPattern.of("vms/**")));
        try (TestServer server = start(settings(deletionsOfVms))) {
            server.pushManifest("vms/a", "x", "one");
            server.pushManifest("other/a", "x", "one");
            server.send("DELETE", "/v2/other/a/manifests/x");
            server.send("DELETE", "/v2/vms/a/manifests/x");

            Received post = receiver.next();
            assertThat(post.json().path("subject").asText()).isEqualTo("vms/a:x");
            assertThat(post.header("Authorization")).isEqualTo("Bearer abc");
            String signed = new Signature("secret")
                    .of(post.header("webhook-id"), Long.parseLong(post.header("webhook-timestamp")), post.body());
            assertThat(post.header("webhook-signature")).isEqualTo(signed);
        }
    }

    @Test
    void an_endpoint_that_fails_gets_every_event_in_order_once_it_works() throws Exception {
        List<String> attempts = new ArrayList<>();
        receiver.with(post -> {
            synchronized (attempts) {
                attempts.add(post.json().path("subject").asText());
                return attempts.size() <= 3 ? 500 : 204;
            }
        });
        try (TestServer server = start(settings(endpoint()))) {
            server.pushManifest("a", "1", "one");
            server.pushManifest("a", "2", "two");
            server.pushManifest("a", "3", "three");
            for (int i = 0; i < 6; i++) {
                receiver.next();
            }

            assertThat(attempts).containsExactly("a:1", "a:1", "a:1", "a:1", "a:2", "a:3");
            awaitMetric(server, "registry_events_pending{endpoint=\"test\"} 0.0");
            assertThat(metrics(server))
                    .contains("registry_event_deliveries_total{endpoint=\"test\",outcome=\"delivered\"} 3.0")
                    .contains("registry_event_deliveries_total{endpoint=\"test\",outcome=\"failed\"} 3.0");
        }
    }

    @Test
    void an_endpoint_that_is_slow_does_not_slow_clients_down_and_is_tried_again() throws Exception {
        receiver.with(new WebhookReceiver.Manners() {
            private boolean slow = true;

            @Override
            public int answer(Received post) throws InterruptedException {
                if (slow) {
                    slow = false;
                    Thread.sleep(Duration.ofSeconds(30));
                }
                return 204;
            }
        });
        WebhookSettings impatient = new WebhookSettings(
                "/registry",
                Duration.ofMillis(200),
                Duration.ofMillis(20),
                Duration.ofHours(1),
                10,
                List.of(endpoint()));
        try (TestServer server = start(impatient)) {
            server.pushManifest("a", "1", "one"); // 201, or this throws
            assertThat(receiver.types(1)).containsExactly("io.dvcr.manifest.pushed a:1");
        }
    }

    @Test
    void an_event_that_the_endpoint_will_never_take_does_not_hold_up_the_others() throws Exception {
        receiver.with(post -> post.json().path("subject").asText().equals("a:1") ? 422 : 204);
        try (TestServer server = start(settings(endpoint()))) {
            server.pushManifest("a", "1", "one");
            server.pushManifest("a", "2", "two");

            assertThat(receiver.types(2)).containsExactly("io.dvcr.manifest.pushed a:1", "io.dvcr.manifest.pushed a:2");
            awaitMetric(server, "registry_event_deliveries_total{endpoint=\"test\",outcome=\"refused\"} 1.0");
        }
    }

    @Test
    void an_endpoint_does_not_hold_up_another() throws Exception {
        WebhookEndpoint down = new WebhookEndpoint(
                "down", URI.create("http://127.0.0.1:1/"), Map.of(), Optional.empty(), Set.of(), List.of());
        try (TestServer server = start(settings(down, endpoint()))) {
            server.pushManifest("a", "1", "one");

            assertThat(receiver.types(1)).containsExactly("io.dvcr.manifest.pushed a:1");
            awaitMetric(server, "registry_events_pending{endpoint=\"down\"} 1.0");
        }
    }

    @Test
    void what_was_not_delivered_is_so_after_a_restart() throws Exception {
        URI url = receiver.url();
        receiver.close();
        try (TestServer server = start(settings(endpoint(url)))) {
            server.pushManifest("a", "1", "one");
            server.pushManifest("a", "2", "two");
        }
        assertThat(storedEvents()).isEqualTo(2);

        receiver = WebhookReceiver.startAt(url);
        try (TestServer server = start(settings(endpoint()))) {
            assertThat(receiver.types(2)).containsExactly("io.dvcr.manifest.pushed a:1", "io.dvcr.manifest.pushed a:2");
            awaitMetric(server, "registry_events_pending{endpoint=\"test\"} 0.0");
        }
        assertThat(storedEvents()).isZero();
    }

    @Test
    void what_was_acknowledged_is_delivered_even_if_the_server_is_killed_at_once(@TempDir Path copy) throws Exception {
        URI url = receiver.url();
        receiver.close();
        try (TestServer server = start(settings(endpoint(url)))) {
            server.pushManifest("a", "1", "one");
            copy(directory, copy); // what a server finds that is started after the power went
        }

        receiver = WebhookReceiver.startAt(url);
        try (TestServer _ = TestServer.start(copy, Setup.PLAIN.with(settings(endpoint())))) {
            assertThat(receiver.types(1)).containsExactly("io.dvcr.manifest.pushed a:1");
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(path));
                Files.createDirectories(target.getParent());
                Files.copy(path, target);
            }
        }
    }

    @Test
    void the_oldest_of_too_many_make_room() throws Exception {
        URI url = receiver.url();
        receiver.close();
        WebhookSettings two = new WebhookSettings(
                "/registry",
                Duration.ofSeconds(5),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                2,
                List.of(endpoint(url)));
        try (TestServer server = start(two)) {
            for (int i = 1; i <= 4; i++) {
                server.pushManifest("a", i, "manifest " + i);
            }
            assertThat(metrics(server)).contains("registry_events_pending{endpoint=\"test\"} 2.0");
        }

        receiver = WebhookReceiver.startAt(url);
        try (TestServer _ = start(two)) {
            assertThat(receiver.types(2)).containsExactly("io.dvcr.manifest.pushed a:3", "io.dvcr.manifest.pushed a:4");
        }
    }

    @Test
    void what_is_too_old_is_given_up() throws Exception {
        URI url = receiver.url();
        receiver.close();
        WebhookSettings hasty = new WebhookSettings(
                "/registry",
                Duration.ofSeconds(5),
                Duration.ofMillis(20),
                Duration.ofMillis(1),
                10,
                List.of(endpoint(url)));
        try (TestServer server = start(hasty)) {
            server.pushManifest("a", "1", "one");
            awaitMetric(server, "registry_event_deliveries_total{endpoint=\"test\",outcome=\"expired\"} 1.0");
        }
        assertThat(storedEvents()).isZero();
    }

    @Test
    void without_an_endpoint_nothing_is_stored() throws Exception {
        try (TestServer server = start(WebhookSettings.DEFAULTS)) {
            server.pushManifest("a", "1", "one");
        }

        assertThat(directory.resolve("store/events")).doesNotExist();
    }

    private long storedEvents() throws IOException {
        Path events = directory.resolve("store/events");
        if (!Files.exists(events)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(events)) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private static String metrics(TestServer server) throws IOException {
        HttpResponse<byte[]> reply = server.get("/metrics");
        return TestServer.text(reply);
    }

    private static void awaitMetric(TestServer server, String line) throws IOException {
        while (!metrics(server).contains(line)) { // the test's timeout ends it
            TestServer.pause();
        }
    }
}
