package io.dvcr.virt.store;

import static io.dvcr.virt.api.Manifests.resourceNamed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dvcr.storage.RegistryError;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineDiskSpec;
import io.dvcr.virt.api.VirtualMachineDiskSpec.Claim;
import io.dvcr.virt.api.VirtualMachineDiskStatus;
import io.dvcr.virt.api.VirtualMachineOperationStatus;
import io.dvcr.virt.api.VirtualMachineOperationStatus.Phase;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Metadata;
import io.dvcr.virt.resource.Metadata.OwnerReference;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.resource.Resources;
import io.dvcr.virt.resource.Resources.Change;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What all that keeps resources does. */
@DisplayNameGeneration(ReplaceUnderscores.class)
public abstract class ResourcesContract {
    static final List<ResourceType<?, ?>> KINDS = Kinds.ALL;

    private static final Key DATA = Key.of("default", "data");

    /** Without a resource; the same one in all of a test. */
    protected abstract Resources resources() throws IOException;

    private Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> createDisk() throws IOException {
        return resources().create(resourceNamed(Kinds.DISK, "data"));
    }

    private static VirtualMachineDiskSpec sized(String size) {
        return new VirtualMachineDiskSpec(
                Optional.empty(), Optional.of(new Claim(Optional.of(Quantity.parse(size)), Optional.empty())));
    }

    private static <S extends Record, T extends Record> Resource<S, T> held(Resource<S, T> resource) {
        return resource.withMetadata(resource.metadata().withFinalizers(List.of("dvcr.io/held")));
    }

    private static <S extends Record, T extends Record> Resource<S, T> owned(Resource<S, T> resource, String uid) {
        OwnerReference owner = new OwnerReference("v1", "Whatever", "owner", uid);
        return resource.withMetadata(resource.metadata().withOwnerReferences(List.of(owner)));
    }

    private static void assertRefused(ThrowingCallable call, Class<? extends RegistryError> error) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.error()).isInstanceOf(error));
    }

    @ParameterizedTest
    @FieldSource("KINDS")
    void what_was_created_is_found_and_listed(ResourceType<?, ?> type) throws IOException {
        Resource<?, ?> created = resources().create(resourceNamed(type, "web"));

        assertThat(created.metadata().uid()).isPresent();
        assertThat(created.metadata().generation()).isEqualTo(1);
        assertThat(created.metadata().creationTimestamp()).isPresent();
        assertThat(created.metadata().deletionTimestamp()).isEmpty();
        assertThat(created.status()).isEqualTo(type.emptyStatus());
        assertThat((Object) resources().get(type, created.key())).isEqualTo(created);
        assertThat(resources().list(type)).hasSize(1).first().isEqualTo(created);
    }

    @Test
    void what_a_client_says_of_itself_that_is_not_its_to_say_is_not_believed() throws IOException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = resourceNamed(Kinds.DISK, "data");
        Metadata lies = new Metadata(
                "data",
                Optional.of("default"),
                Optional.of("0b2f3c4d-0000-4000-8000-000000000000"),
                Optional.of("999999"),
                77,
                Optional.of(Instant.EPOCH),
                Optional.of(Instant.EPOCH),
                Map.of("a", "b"),
                Map.of(),
                List.of(),
                List.of());

        Metadata created = resources().create(disk.withMetadata(lies)).metadata();

        assertThat(created.uid()).isNotEqualTo(lies.uid());
        assertThat(created.resourceVersion()).isNotEqualTo(lies.resourceVersion());
        assertThat(created.generation()).isEqualTo(1);
        assertThat(created.creationTimestamp()).isNotEqualTo(lies.creationTimestamp());
        assertThat(created.isTerminating()).isFalse();
        assertThat(created.labels()).isEqualTo(lies.labels());
    }

    @Test
    void kinds_and_namespaces_do_not_get_in_each_others_way() throws IOException {
        createDisk();
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> other = resourceNamed(Kinds.DISK, "data");
        resources().create(other.withMetadata(Metadata.of(Key.of("vms", "data"))));
        resources().create(resourceNamed(Kinds.MACHINE, "data"));
        resources().create(resourceNamed(Kinds.CLUSTER_IMAGE, "data"));

        assertThat(resources().list(Kinds.DISK)).map(Resource::key).containsExactly(DATA, Key.of("vms", "data"));
        assertThat(resources().list(Kinds.MACHINE)).hasSize(1);
        assertThat(resources().find(Kinds.IMAGE, DATA)).isEmpty();
    }

    @Test
    void a_second_one_of_the_same_name_is_refused() throws IOException {
        createDisk();

        assertRefused(this::createDisk, Conflict.class);
    }

    @Test
    void what_is_not_there_is_not_found() {
        assertRefused(() -> resources().get(Kinds.DISK, DATA), NotFound.class);
        assertRefused(() -> resources().update(resourceNamed(Kinds.DISK, "data")), NotFound.class);
        assertRefused(() -> resources().updateStatus(resourceNamed(Kinds.DISK, "data")), NotFound.class);
        assertRefused(() -> resources().delete(Kinds.DISK, DATA, Optional.empty()), NotFound.class);
    }

    @Test
    void an_update_changes_the_spec_and_counts_the_generation_up() throws IOException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = createDisk();

        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> updated =
                resources().update(disk.withSpec(sized("20Gi")));

        assertThat(updated.spec()).isEqualTo(sized("20Gi"));
        assertThat(updated.metadata().generation()).isEqualTo(2);
        assertThat(updated.metadata().resourceVersion())
                .isNotEqualTo(disk.metadata().resourceVersion());
        assertThat(updated.uid()).isEqualTo(disk.uid());
        assertThat(resources().get(Kinds.DISK, DATA)).isEqualTo(updated);
    }

    @Test
    void an_update_of_labels_leaves_the_generation() throws IOException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = createDisk();

        Resource<?, ?> updated = resources().update(held(disk));

        assertThat(updated.metadata().finalizers()).containsExactly("dvcr.io/held");
        assertThat(updated.metadata().generation()).isEqualTo(1);
    }

    @Test
    void an_update_that_knows_an_old_version_is_refused() throws IOException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = createDisk();
        resources().update(disk.withSpec(sized("20Gi")));

        assertRefused(() -> resources().update(disk.withSpec(sized("30Gi"))), Conflict.class);
        assertRefused(() -> resources().updateStatus(disk), Conflict.class);
    }

    @Test
    void an_update_without_a_version_changes_what_there_is() throws IOException {
        createDisk();
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> mine = resourceNamed(Kinds.DISK, "data");

        assertThat(resources().update(mine.withSpec(sized("30Gi"))).spec()).isEqualTo(sized("30Gi"));
    }

    @Test
    void an_update_of_another_that_had_the_name_is_refused() throws IOException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> first = createDisk();
        resources().delete(Kinds.DISK, DATA, Optional.of(first.uid()));
        createDisk();

        assertRefused(() -> resources().update(first), Conflict.class);
        assertRefused(() -> resources().delete(Kinds.DISK, DATA, Optional.of(first.uid())), Conflict.class);
        assertThat(resources().find(Kinds.DISK, DATA)).isPresent();
    }

    @Test
    void status_and_spec_are_changed_apart() throws IOException {
        var operation = resources().create(resourceNamed(Kinds.OPERATION, "restart"));
        VirtualMachineOperationStatus done = new VirtualMachineOperationStatus(Phase.Completed, List.of(), 1);

        var after = resources().updateStatus(held(operation).withStatus(done));

        assertThat(after.status()).isEqualTo(done);
        assertThat(after.metadata().finalizers()).isEmpty();
        assertThat(after.metadata().generation()).isEqualTo(1);
        var updated = resources().update(held(after).withStatus(Kinds.OPERATION.emptyStatus()));
        assertThat(updated.status()).isEqualTo(done);
    }

    @Test
    void what_changes_nothing_is_no_change() throws IOException {
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = createDisk();

        assertThat(resources().update(disk)).isEqualTo(disk);
        assertThat(resources().updateStatus(disk)).isEqualTo(disk);
        assertThat(resources().get(Kinds.DISK, DATA)).isEqualTo(disk);
    }

    @Test
    void what_nobody_holds_is_gone_at_once() throws IOException {
        Resource<?, ?> disk = createDisk();

        resources().delete(Kinds.DISK, DATA, Optional.of(disk.uid()));

        assertThat(resources().find(Kinds.DISK, DATA)).isEmpty();
        assertThat(resources().list(Kinds.DISK)).isEmpty();
    }

    @Test
    void what_is_held_is_terminating_until_it_is_let_go() throws IOException {
        var disk = resources().create(held(resourceNamed(Kinds.DISK, "data")));
        resources().delete(Kinds.DISK, DATA, Optional.empty());

        var terminating = resources().get(Kinds.DISK, DATA);
        assertThat(terminating.isTerminating()).isTrue();
        assertThat(terminating.uid()).isEqualTo(disk.uid());
        assertRefused(this::createDisk, Conflict.class);
        resources().delete(Kinds.DISK, DATA, Optional.empty());
        assertThat(resources().get(Kinds.DISK, DATA)).isEqualTo(terminating);

        resources().update(terminating.withMetadata(terminating.metadata().withFinalizers(List.of())));
        assertThat(resources().find(Kinds.DISK, DATA)).isEmpty();
        createDisk();
    }

    @Test
    void nobody_takes_hold_of_what_is_being_deleted() throws IOException {
        resources().create(held(resourceNamed(Kinds.DISK, "data")));
        resources().delete(Kinds.DISK, DATA, Optional.empty());
        var terminating = resources().get(Kinds.DISK, DATA);

        assertRefused(
                () -> resources()
                        .update(terminating.withMetadata(
                                terminating.metadata().withFinalizers(List.of("dvcr.io/held", "late")))),
                RequestInvalid.class);
    }

    @Test
    void what_belongs_to_the_deleted_goes_with_it_and_theirs_too() throws IOException {
        Resource<?, ?> machine = resources().create(resourceNamed(Kinds.MACHINE, "web"));
        Resource<?, ?> disk = resources().create(owned(resourceNamed(Kinds.DISK, "data"), machine.uid()));
        resources().create(owned(resourceNamed(Kinds.SECRET, "key"), disk.uid()));
        resources().create(owned(held(resourceNamed(Kinds.ATTACHMENT, "held")), machine.uid()));
        resources().create(resourceNamed(Kinds.DISK, "other"));

        resources().delete(Kinds.MACHINE, machine.key(), Optional.empty());

        await(() -> resources().list(Kinds.SECRET).isEmpty());
        await(() -> resources().get(Kinds.ATTACHMENT, Key.of("default", "held")).isTerminating());
        assertThat(resources().list(Kinds.DISK)).map(each -> each.key().name()).containsExactly("other");
    }

    @Test
    void what_belongs_to_two_stays_until_both_are_gone() throws IOException {
        Resource<?, ?> web = resources().create(resourceNamed(Kinds.MACHINE, "web"));
        Resource<?, ?> db = resources().create(resourceNamed(Kinds.MACHINE, "db"));
        var disk = resourceNamed(Kinds.DISK, "data");
        resources()
                .create(disk.withMetadata(disk.metadata()
                        .withOwnerReferences(List.of(
                                new OwnerReference("v1", "VirtualMachine", "web", web.uid()),
                                new OwnerReference("v1", "VirtualMachine", "db", db.uid())))));

        resources().delete(Kinds.MACHINE, web.key(), Optional.empty());
        assertThat(resources().find(Kinds.DISK, DATA)).isPresent();
        resources().delete(Kinds.MACHINE, db.key(), Optional.empty());
        await(() -> resources().find(Kinds.DISK, DATA).isEmpty());
    }

    @Test
    void who_watches_learns_of_every_change_in_order() throws Exception {
        BlockingQueue<Change> seen = new LinkedBlockingQueue<>();
        createDisk();
        try (Closeable _ = resources().watch(seen::add)) {
            var machine = resources().create(held(resourceNamed(Kinds.MACHINE, "web")));
            resources().update(machine.withMetadata(machine.metadata().withFinalizers(List.of())));
            resources().delete(Kinds.MACHINE, machine.key(), Optional.empty());
            resources().create(resourceNamed(Kinds.MACHINE, "web"));

            List<Change.Kind> kinds = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Change change = next(seen);
                assertThat(change.resource().key()).isEqualTo(machine.key());
                kinds.add(change.kind());
            }
            assertThat(kinds)
                    .containsExactly(Change.Kind.ADDED, Change.Kind.MODIFIED, Change.Kind.DELETED, Change.Kind.ADDED);
        }
    }

    @Test
    void a_watcher_that_fails_misses_nothing_and_harms_nobody() throws Exception {
        BlockingQueue<Change> seen = new LinkedBlockingQueue<>();
        try (Closeable _ = resources().watch(change -> {
                    seen.add(change);
                    throw new IllegalStateException("a bug");
                });
                Closeable _ = resources().watch(_ -> {})) {
            createDisk();
            resources().create(resourceNamed(Kinds.DISK, "second"));

            assertThat(next(seen).resource().key()).isEqualTo(DATA);
            assertThat(next(seen).resource().key().name()).isEqualTo("second");
        }
    }

    private static Change next(BlockingQueue<Change> seen) throws InterruptedException {
        return Optional.ofNullable(seen.poll(20, TimeUnit.SECONDS))
                .orElseThrow(() -> new AssertionError("no change came"));
    }

    @Test
    void of_many_who_change_the_same_each_change_counts() throws Exception {
        createDisk();
        List<Thread> threads = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
            threads.add(Thread.ofVirtual().start(() -> addFinalizer(name)));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(resources().get(Kinds.DISK, DATA).metadata().finalizers()).hasSize(threads.size());
    }

    private void addFinalizer(String name) {
        while (true) {
            try {
                var disk = resources().get(Kinds.DISK, DATA);
                List<String> finalizers = new ArrayList<>(disk.metadata().finalizers());
                finalizers.add(name);
                resources().update(disk.withMetadata(disk.metadata().withFinalizers(finalizers)));
                return;
            } catch (RegistryException _) {
                Thread.onSpinWait(); // somebody was faster
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Something that may be so or not. */
    @FunctionalInterface
    protected interface Check {
        boolean holds() throws IOException;
    }

    private static void await(Check check) throws IOException {
        long start = System.nanoTime();
        while (!check.holds()) {
            assertThat(System.nanoTime() - start).as("waited long enough").isLessThan(20_000_000_000L);
            Thread.onSpinWait();
        }
    }
}
