package io.dvcr.cli.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.cli.resource.ResourceServer.Answer;
import io.dvcr.registry.access.Caller;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resources.Admission;
import io.dvcr.virt.resource.Resources.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ResourceApiTest {
    private static final String GROUP = "/apis/virtualization.deckhouse.io/v1alpha2";
    private static final String DISKS = GROUP + "/namespaces/default/virtualmachinedisks";
    private static final String JSON = "application/json";
    private static final String DATA = disk("data", "10Gi");

    @TempDir
    Path data;

    private final List<Admission> admissions = new ArrayList<>();
    private ResourceServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ResourceServer(data, admissions);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String disk(String name, String size) {
        return """
                {"apiVersion":"virtualization.deckhouse.io/v1alpha2","kind":"VirtualMachineDisk",
                 "metadata":{"name":"%s","labels":{"app":"%s"}},
                 "spec":{"persistentVolumeClaim":{"size":"%s"}}}""".formatted(name, name, size);
    }

    private Answer post(String json) throws IOException {
        return server.send("POST", DISKS, JSON, json);
    }

    private static List<String> texts(JsonNode array, String pointer) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(item -> item.at(pointer).asText())
                .toList();
    }

    @Test
    void clients_find_out_what_there_is() throws IOException {
        assertThat(server.get("/api").text("/versions/0")).isEqualTo("v1");
        assertThat(server.get("/apis").text("/groups/0/preferredVersion/groupVersion"))
                .isEqualTo("virtualization.deckhouse.io/v1alpha2");
        assertThat(server.get("/apis/virtualization.deckhouse.io").text("/kind"))
                .isEqualTo("APIGroup");
        Answer kinds = server.get(GROUP);
        assertThat(texts(kinds.json().path("resources"), "/name")).contains("virtualmachines", "virtualmachinedisks");
        assertThat(kinds.text("/resources/0/shortNames/0")).isEqualTo("cvmi");
        assertThat(server.get("/api/v1").text("/resources/0/kind")).isEqualTo("Secret");
        assertThat(server.get("/apis/apps/v1").text("/reason")).isEqualTo("NotFound");
    }

    @Test
    void a_resource_is_made_read_replaced_and_deleted() throws IOException {
        Answer created = post(DATA);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text("/metadata/uid")).isNotEmpty();
        assertThat(created.text("/status/phase")).isEqualTo("Pending");
        assertThat(server.get(DISKS + "/data").json()).isEqualTo(created.json());
        assertThat(server.get(DISKS + "/data/status").json()).isEqualTo(created.json());

        Answer replaced = server.send("PUT", DISKS + "/data", JSON, disk("data", "20Gi"));
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.text("/metadata/generation")).isEqualTo("2");
        assertThat(replaced.text("/spec/persistentVolumeClaim/size")).isEqualTo("20Gi");

        Answer deleted = server.send("DELETE", DISKS + "/data", JSON, "");
        assertThat(deleted.text("/status")).isEqualTo("Success");
        assertThat(server.get(DISKS + "/data").status()).isEqualTo(404);
    }

    @Test
    void errors_are_those_of_kubernetes() throws IOException {
        Answer missing = server.get(DISKS + "/data");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text("/kind")).isEqualTo("Status");
        assertThat(missing.text("/reason")).isEqualTo("NotFound");
        assertThat(missing.text("/message"))
                .isEqualTo("virtualmachinedisks.virtualization.deckhouse.io \"data\" not found");
        assertThat(missing.text("/details/kind")).isEqualTo("virtualmachinedisks");

        post(DATA);
        Answer second = post(DATA);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.text("/reason")).isEqualTo("AlreadyExists");
        assertThat(second.text("/message"))
                .isEqualTo("virtualmachinedisks.virtualization.deckhouse.io \"data\" already exists");

        Answer invalid = post(disk("other", "ten"));
        assertThat(invalid.status()).isEqualTo(422);
        assertThat(invalid.text("/reason")).isEqualTo("Invalid");
        assertThat(invalid.text("/message"))
                .isEqualTo("VirtualMachineDisk \"other\" is invalid: spec.persistentVolumeClaim.size: \"ten\" is no"
                        + " quantity, such as 512Mi or 10Gi");

        assertThat(post("{").text("/reason")).isEqualTo("BadRequest");
        assertThat(post("[".repeat(5000)).status()).isEqualTo(400);
        assertThat(post("{\"kind\":\"VirtualMachine\"}").text("/message")).contains("VirtualMachineDisk");
        assertThat(post("{\"metadata\":{\"namespace\":\"vms\",\"name\":\"a\"}}").status())
                .isEqualTo(400);
        assertThat(server.send("POST", DISKS, "text/plain", DATA).text("/reason"))
                .isEqualTo("UnsupportedMediaType");
        assertThat(server.send("POST", DISKS, JSON, "\"" + "x".repeat(1 << 20) + "\"")
                        .status())
                .isEqualTo(413);
        assertThat(server.send("DELETE", DISKS, JSON, "").text("/reason")).isEqualTo("MethodNotAllowed");
        assertThat(server.get(DISKS + "/..%2f..%2fetc").status()).isEqualTo(400);
        assertThat(server.get("/apis/nobody/knows/this").text("/kind")).isEqualTo("Status");
    }

    @Test
    void an_old_version_is_a_conflict() throws IOException {
        ObjectNode first = (ObjectNode) post(DATA).json();
        server.send("PUT", DISKS + "/data", JSON, disk("data", "20Gi"));

        Answer stale = server.send("PUT", DISKS + "/data", JSON, first.toString());

        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.text("/reason")).isEqualTo("Conflict");
        assertThat(stale.text("/message")).startsWith("Operation cannot be fulfilled on virtualmachinedisks");
    }

    @Test
    void a_merge_patch_changes_what_it_names() throws IOException {
        post(DATA);

        Answer patched = server.send("PATCH", DISKS + "/data", "application/merge-patch+json", """
                {"metadata":{"labels":{"app":null,"tier":"db"}},"spec":{"persistentVolumeClaim":{"size":"11Gi"}},
                 "status":{"phase":"Ready"}}""");

        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.json().at("/metadata/labels")).hasToString("{\"tier\":\"db\"}");
        assertThat(patched.text("/spec/persistentVolumeClaim/size")).isEqualTo("11Gi");
        assertThat(patched.text("/status/phase")).isEqualTo("Pending");
        Answer renamed = server.send(
                "PATCH", DISKS + "/data", "application/merge-patch+json", "{\"metadata\":{\"name\":\"other\"}}");
        assertThat(renamed.status()).isEqualTo(422);
        assertThat(server.send("PATCH", DISKS + "/data", "application/json-patch+json", "[]")
                        .status())
                .isEqualTo(415);
        assertThat(server.send("PATCH", DISKS + "/none", "application/merge-patch+json", "{}")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void what_is_not_honoured_is_warned_of() throws IOException {
        Answer created = post("""
                {"metadata":{"name":"data"},"spec":{"persistentVolumeClaim":{"size":"1Gi","a\\"b\\n":1},"shiny":true}}""");

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.warnings())
                .containsExactly("299 - \"spec.persistentVolumeClaim.a\\\"b? is not honoured\","
                        + " 299 - \"spec.shiny is not honoured\"");
    }

    @Test
    void yaml_is_taken_as_well_and_names_are_made_up() throws IOException {
        Answer created = server.send("POST", "/api/v1/namespaces/vms/secrets", "application/yaml", """
                metadata:
                  generateName: init-
                stringData:
                  userData: |
                    #cloud-config
                """);

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.text("/metadata/name")).matches("init-[a-z0-9]{5}");
        assertThat(created.text("/data/userData")).isEqualTo("I2Nsb3VkLWNvbmZpZwo=");
        assertThat(server.get("/api/v1/secrets").json().path("items")).hasSize(1);
    }

    @Test
    void a_dry_run_says_what_would_be_and_keeps_nothing() throws IOException {
        assertThat(server.send("POST", DISKS + "?dryRun=All", JSON, DATA).status())
                .isEqualTo(201);
        assertThat(server.get(DISKS + "/data").status()).isEqualTo(404);
        post(DATA);
        assertThat(server.send("POST", DISKS + "?dryRun=All", JSON, DATA).status())
                .isEqualTo(409);
        Answer replaced = server.send("PUT", DISKS + "/data?dryRun=All", JSON, disk("data", "20Gi"));
        assertThat(replaced.text("/spec/persistentVolumeClaim/size")).isEqualTo("20Gi");
        server.send("DELETE", DISKS + "/data?dryRun=All", JSON, "");
        assertThat(server.get(DISKS + "/data").text("/spec/persistentVolumeClaim/size"))
                .isEqualTo("10Gi");
        assertThat(server.send("POST", DISKS + "?dryRun=Some", JSON, DATA).status())
                .isEqualTo(400);
    }

    @Test
    void lists_are_by_namespace_labels_and_page() throws IOException {
        for (String name : List.of("c", "a", "b")) {
            post(disk(name, "1Gi"));
        }
        server.send("POST", GROUP + "/namespaces/vms/virtualmachinedisks", JSON, disk("d", "1Gi"));

        Answer all = server.get(GROUP + "/virtualmachinedisks");
        assertThat(all.text("/kind")).isEqualTo("VirtualMachineDiskList");
        assertThat(texts(all.json().path("items"), "/metadata/name")).containsExactly("a", "b", "c", "d");
        assertThat(server.get(DISKS + "?labelSelector=app%20in%20(a,b)").json().path("items"))
                .hasSize(2);
        assertThat(server.get(DISKS + "?fieldSelector=metadata.name%3Db").json().path("items"))
                .hasSize(1);
        assertThat(server.get(DISKS + "?labelSelector=%3D").status()).isEqualTo(400);
        assertThat(server.get(DISKS + "?fieldSelector=spec.x%3Db").status()).isEqualTo(400);

        Answer first = server.get(GROUP + "/virtualmachinedisks?limit=3");
        assertThat(first.json().path("items")).hasSize(3);
        assertThat(first.text("/metadata/remainingItemCount")).isEqualTo("1");
        Answer rest = server.get(GROUP + "/virtualmachinedisks?limit=3&continue=" + first.text("/metadata/continue"));
        assertThat(texts(rest.json().path("items"), "/metadata/name")).containsExactly("d");
        assertThat(rest.text("/metadata/continue")).isEmpty();
        assertThat(rest.text("/metadata/resourceVersion")).isEqualTo(first.text("/metadata/resourceVersion"));
        assertThat(server.get(DISKS + "?continue=nonsense").status()).isEqualTo(400);
    }

    @Test
    void a_deletion_may_name_the_very_resource_that_is_meant() throws IOException {
        String uid = post(DATA).text("/metadata/uid");

        Answer other = server.send("DELETE", DISKS + "/data", JSON, "{\"preconditions\":{\"uid\":\"x\"}}");
        assertThat(other.text("/reason")).isEqualTo("Conflict");
        assertThat(server.send("DELETE", DISKS + "/data?propagationPolicy=Orphan", JSON, "")
                        .status())
                .isEqualTo(400);
        Answer meant = server.send("DELETE", DISKS + "/data", JSON, "{\"preconditions\":{\"uid\":\"" + uid + "\"}}");
        assertThat(meant.status()).isEqualTo(200);
    }

    @Test
    void what_somebody_holds_is_shown_terminating() throws IOException {
        ObjectNode held = (ObjectNode) post(DATA).json();
        held.withObject("/metadata").putArray("finalizers").add("dvcr.io/held");
        server.send("PUT", DISKS + "/data", JSON, held.toString());

        Answer deleted = server.send("DELETE", DISKS + "/data", JSON, "");

        assertThat(deleted.text("/kind")).isEqualTo("VirtualMachineDisk");
        assertThat(deleted.text("/metadata/deletionTimestamp")).isNotEmpty();
        server.send("PATCH", DISKS + "/data", "application/merge-patch+json", "{\"metadata\":{\"finalizers\":null}}");
        assertThat(server.get(DISKS + "/data").status()).isEqualTo(404);
    }

    @Test
    void a_change_that_is_not_admitted_says_why() throws IOException {
        admissions.add((_, _) -> {
            throw new RegistryException(new RequestInvalid("spec: an image that is ready cannot be changed"));
        });
        server.close();
        server = new ResourceServer(data, admissions);
        post(DATA);

        Answer refused = server.send("PUT", DISKS + "/data", JSON, disk("data", "20Gi"));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/message"))
                .isEqualTo("VirtualMachineDisk \"data\" is invalid: spec: an image that is ready cannot be changed");
    }

    @Test
    void a_watch_without_a_version_begins_with_what_there_is() throws IOException {
        post(DATA);
        post(disk("other", "1Gi"));
        try (Stream<JsonNode> lines = server.watch(DISKS + "?watch=true&labelSelector=app%3Ddata")) {
            Iterator<JsonNode> events = lines.iterator();
            assertEvent(events.next(), "ADDED", "data");
            server.send("PUT", DISKS + "/data", JSON, disk("data", "20Gi"));
            assertEvent(events.next(), "MODIFIED", "data");
            relabel("data", "no-more");
            assertEvent(events.next(), "DELETED", "data");
            relabel("other", "data");
            assertEvent(events.next(), "ADDED", "other");
            server.send("DELETE", DISKS + "/other", JSON, "");
            assertEvent(events.next(), "DELETED", "other");
        }
    }

    private void relabel(String name, String app) throws IOException {
        server.send(
                "PATCH",
                DISKS + "/" + name,
                "application/merge-patch+json",
                "{\"metadata\":{\"labels\":{\"app\":\"" + app + "\"}}}");
    }

    private static void assertEvent(JsonNode event, String type, String name) {
        assertThat(event.path("type").asText()).isEqualTo(type);
        assertThat(event.at("/object/metadata/name").asText()).isEqualTo(name);
    }

    @Test
    void a_watch_from_the_version_of_a_list_misses_nothing() throws IOException {
        post(DATA);
        String version = server.get(DISKS).text("/metadata/resourceVersion");
        server.send("DELETE", DISKS + "/data", JSON, "");
        post(DATA);

        try (Stream<JsonNode> lines = server.watch(DISKS + "?watch=1&timeoutSeconds=1&resourceVersion=" + version)) {
            assertThat(lines.map(event -> event.path("type").asText())).containsExactly("DELETED", "ADDED");
        }
    }

    @Test
    void a_watch_from_a_version_that_is_forgotten_says_so() throws IOException {
        try (Stream<JsonNode> lines = server.watch(DISKS + "?watch=true&resourceVersion=999999")) {
            JsonNode event = lines.iterator().next();
            assertThat(event.path("type").asText()).isEqualTo("ERROR");
            assertThat(event.at("/object/code").asInt()).isEqualTo(410);
        }
    }

    @Test
    void what_happened_to_a_resource_is_told() throws IOException {
        post(DATA);
        Instant now = Instant.now();
        server.resources.note(
                server.resources.get(Kinds.DISK, Key.of("default", "data")), Event.warning("Full", "no room", now));

        Answer events = server.get(DISKS + "/data/events");

        assertThat(events.text("/items/0/type")).isEqualTo("Warning");
        assertThat(events.text("/items/0/message")).isEqualTo("no room");
        assertThat(events.text("/items/0/involvedObject/name")).isEqualTo("data");
        assertThat(server.get(DISKS + "/none/events").status()).isEqualTo(404);
    }

    @Test
    void resources_are_for_administrators_alone() throws IOException {
        server.close();
        server = new ResourceServer(data, admissions, _ -> Caller.NOBODY);

        assertThat(server.get(DISKS).text("/reason")).isEqualTo("Forbidden");
        assertThat(server.get("/apis").text("/kind")).isEqualTo("Status");
        assertThat(post(DATA).status()).isEqualTo(403);
        assertThat(server.resources.find(Kinds.DISK, Key.of("default", "data"))).isEqualTo(Optional.empty());
    }
}
