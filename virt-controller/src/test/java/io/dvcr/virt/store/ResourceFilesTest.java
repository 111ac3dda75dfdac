package io.dvcr.virt.store;

import static io.dvcr.virt.api.Manifests.resourceNamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.Gone;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.SecretContent;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Metadata;
import io.dvcr.virt.resource.Metadata.OwnerReference;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.resource.Resources.Admission;
import io.dvcr.virt.store.ChangeLog.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResourceFilesTest extends ResourcesContract {
    private static final Key DATA = Key.of("default", "data");

    @TempDir
    Path data;

    private final MovableClock clock = new MovableClock();
    private final List<Admission> admissions = new ArrayList<>();
    private @Nullable ResourceFiles files;

    @Override
    protected Resources resources() throws IOException {
        return files();
    }

    private ResourceFiles files() throws IOException {
        if (files == null) {
            files = ResourceFiles.open(data.resolve("resources"), Kinds.ALL, clock, admissions);
        }
        return files;
    }

    private ResourceFiles openAgain() throws IOException {
        close();
        return files();
    }

    @AfterEach
    void close() throws IOException {
        if (files != null) {
            files.close();
            files = null;
        }
    }

    @Test
    void what_was_kept_is_there_when_the_store_is_opened_again() throws IOException {
        List<Resource<?, ?>> created = new ArrayList<>();
        for (ResourceType<?, ?> type : Kinds.ALL) {
            created.add(files().create(resourceNamed(type, "web")));
        }
        files().delete(Kinds.OPERATION, Key.of("default", "web"), Optional.empty());

        openAgain();

        for (Resource<?, ?> resource : created) {
            if (resource.type().equals(Kinds.OPERATION)) {
                assertThat(files().list(Kinds.OPERATION)).isEmpty();
            } else {
                assertThat((Object) files().get(resource.type(), resource.key()))
                        .isEqualTo(resource);
            }
        }
    }

    @Test
    void a_version_is_larger_than_all_before_also_after_a_restart() throws IOException {
        List<Long> versions = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Resource<?, ?> machine = files().create(resourceNamed(Kinds.MACHINE, "web"));
            versions.add(ResourceTree.version(machine));
            files().delete(Kinds.MACHINE, machine.key(), Optional.empty());
            versions.add(files().changes().last());
            openAgain();
        }

        assertThat(versions).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void each_resource_is_a_file_that_its_owner_alone_may_read() throws IOException {
        Resource<?, ?> secret = resourceNamed(Kinds.SECRET, "key");
        files().create(secret.withMetadata(Metadata.of(Key.of("vms", "key"))));
        files().create(resourceNamed(Kinds.CLUSTER_IMAGE, "debian"));

        Path file = data.resolve("resources/secrets/vms/key.json");
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.getPosixFilePermissions(data.resolve("resources")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(data.resolve("resources/clustervirtualmachineimages/debian.json"))
                .content()
                .contains("\"kind\" : \"ClusterVirtualMachineImage\"");
    }

    @Test
    void one_at_a_time_has_the_directory() throws IOException {
        files();

        assertThatThrownBy(() -> ResourceFiles.open(data.resolve("resources"), Kinds.ALL, clock, List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("another dvcr has");
    }

    @Test
    void a_change_by_a_thread_that_is_interrupted_is_whole() throws IOException {
        files();
        Thread.currentThread().interrupt();

        Resource<?, ?> disk = files().create(resourceNamed(Kinds.DISK, "data"));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(openAgain().get(Kinds.DISK, DATA)).isEqualTo(disk);
    }

    @Test
    void a_store_that_was_closed_takes_no_more() throws IOException {
        ResourceFiles old = files();
        close();

        assertThatThrownBy(() -> old.create(resourceNamed(Kinds.DISK, "data"))).isInstanceOf(IOException.class);
        assertThat(files().list(Kinds.DISK)).isEmpty();
    }

    @Test
    void a_damaged_file_is_left_alone_and_nothing_takes_its_place() throws IOException {
        files().create(resourceNamed(Kinds.DISK, "data"));
        files().create(resourceNamed(Kinds.DISK, "good"));
        Path file = data.resolve("resources/virtualmachinedisks/default/data.json");
        close();
        Files.writeString(file, "{\"kind\":");

        assertThat(files().damaged()).containsExactly(file);
        assertThat(files().list(Kinds.DISK)).map(each -> each.key().name()).containsExactly("good");
        assertThatThrownBy(() -> files().create(resourceNamed(Kinds.DISK, "data")))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(Conflict.class))
                .hasMessageContaining("damaged");
        assertThat(file).hasContent("{\"kind\":");
    }

    static Stream<String> damages() {
        return Stream.of(
                "", "[]", "null", "{}", "\u0000", "{\"apiVersion\":\"v1\",\"kind\":\"Secret\"}", "[".repeat(5000));
    }

    @Test
    void a_file_that_is_anything_else_is_damaged() throws IOException {
        files().create(resourceNamed(Kinds.DISK, "data"));
        Path directory = data.resolve("resources/virtualmachinedisks/default");
        Files.copy(directory.resolve("data.json"), directory.resolve("of-another.json"));
        List<String> damages = damages().toList();
        for (int i = 0; i < damages.size(); i++) {
            Files.writeString(directory.resolve(i + ".json"), damages.get(i));
        }
        Files.writeString(directory.resolve("notes.txt"), "of a person");
        openAgain();

        assertThat(files().damaged()).hasSize(damages.size() + 1);
        assertThat(files().list(Kinds.DISK)).hasSize(1);
    }

    @Test
    void what_belongs_to_what_may_be_in_a_damaged_file_is_not_taken_for_an_orphan() throws IOException {
        Resource<?, ?> machine = files().create(resourceNamed(Kinds.MACHINE, "web"));
        Resource<SecretContent, ?> secret = resourceNamed(Kinds.SECRET, "key");
        files().create(secret.withMetadata(secret.metadata()
                .withOwnerReferences(List.of(new OwnerReference("v1", "VirtualMachine", "web", machine.uid())))));
        close();
        Files.writeString(data.resolve("resources/virtualmachines/default/web.json"), "{");

        assertThat(openAgain().list(Kinds.SECRET)).hasSize(1);
    }

    @Test
    void what_a_crash_left_without_its_owner_is_deleted_at_the_start() throws IOException {
        Resource<?, ?> machine = files().create(resourceNamed(Kinds.MACHINE, "web"));
        Resource<SecretContent, ?> secret = resourceNamed(Kinds.SECRET, "key");
        files().create(secret.withMetadata(secret.metadata()
                .withOwnerReferences(List.of(new OwnerReference("v1", "VirtualMachine", "web", machine.uid())))));
        close();
        Files.delete(data.resolve("resources/virtualmachines/default/web.json"));

        assertThat(openAgain().list(Kinds.SECRET)).isEmpty();
    }

    @Test
    void a_name_that_makes_no_file_name_is_refused() throws IOException {
        String longest = String.join(".", List.of("a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(58)));
        files().create(resourceNamed(Kinds.DISK, longest));

        assertThatThrownBy(() -> files().create(resourceNamed(Kinds.DISK, longest + "e")))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("at most 250");
    }

    @Test
    void who_admits_changes_is_asked_of_specs_alone_and_is_obeyed() throws IOException {
        List<String> asked = new ArrayList<>();
        admissions.add((before, after) -> {
            asked.add(before.key() + " " + after.metadata().generation());
            throw new RegistryException(new Conflict("it is ready, and cannot be changed"));
        });
        var secret = files().create(resourceNamed(Kinds.SECRET, "key"));

        files().update(secret.withMetadata(secret.metadata().withFinalizers(List.of("held"))));
        files().delete(Kinds.SECRET, secret.key(), Optional.empty());
        assertThat(asked).isEmpty();

        var current = files().get(Kinds.SECRET, secret.key());
        var changed = current.withSpec(new SecretContent("Opaque", Map.of(), Map.of("a", "b")));
        assertThatThrownBy(() -> files().update(changed)).hasMessageContaining("it is ready");
        assertThat(asked).containsExactly("default/key 2");
        assertThat(files().get(Kinds.SECRET, secret.key())).isEqualTo(current);
    }

    @Test
    void who_knows_a_version_learns_what_has_changed_since() throws Exception {
        var disk = files().create(resourceNamed(Kinds.DISK, "data"));
        long known = files().changes().last();
        assertThat(files().changes().after(known, Duration.ZERO)).isEmpty();
        files().update(disk.withMetadata(disk.metadata().withFinalizers(List.of("held"))));
        files().delete(Kinds.DISK, DATA, Optional.empty());

        List<Entry> since = files().changes().after(known, Duration.ofSeconds(20));

        assertThat(since).map(entry -> entry.change().kind().toString()).containsExactly("MODIFIED", "MODIFIED");
        assertThat(since)
                .last()
                .satisfies(entry ->
                        assertThat(entry.change().resource().isTerminating()).isTrue());
        assertThat(since)
                .map(Entry::version)
                .isSorted()
                .last()
                .isEqualTo(files().changes().last());
    }

    @Test
    void who_knows_too_little_or_too_much_is_told_so() throws Exception {
        files().create(resourceNamed(Kinds.DISK, "data"));
        long beforeRestart = files().changes().last();
        ChangeLog changes = openAgain().changes();

        for (long version : List.of(0L, beforeRestart, changes.last() + 1, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> changes.after(version, Duration.ZERO))
                    .isInstanceOfSatisfying(
                            RegistryException.class, e -> assertThat(e.error()).isInstanceOf(Gone.class));
        }
    }

    @Test
    void who_waits_for_changes_is_let_go_when_the_store_closes() throws Exception {
        ChangeLog changes = files().changes();
        List<Entry> seen = new ArrayList<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try {
                seen.addAll(changes.after(changes.last(), Duration.ofHours(1)));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        close();

        assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
        assertThat(changes.isClosed()).isTrue();
        assertThat(seen).isEmpty();
    }
}
