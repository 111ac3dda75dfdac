package io.dvcr.virt.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.End;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(120)
class ControllerTest {
    private static final String GOLDEN =
            "{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'VirtualMachineImage',"
                    + "'metadata':{'name':'golden'},'spec':{'dataSource':{'type':'VirtualMachineDisk',"
                    + "'virtualMachineDisk':{'name':'root'}}}}";

    @TempDir
    Path data;

    private World world;

    @BeforeEach
    void begin() throws IOException {
        world = new World(data);
    }

    @AfterEach
    void end() throws IOException {
        world.close();
    }

    @Test
    void an_image_a_disk_of_it_and_a_machine_come_true_in_any_order() throws IOException {
        world.machine("web", "AlwaysOn", 1, "root");
        world.await(
                "it says what it waits for",
                () -> world.get(Kinds.MACHINE, "web")
                        .at("/status/message")
                        .asText()
                        .contains("VirtualMachineDisk default/root"));
        world.disk("root", "debian", "");
        world.image("debian", "debian.qcow2");

        world.awaitPhase(Kinds.MACHINE, "web", "Running");
        JsonNode image = world.get(Kinds.CLUSTER_IMAGE, "debian").path("status");
        assertThat(image.path("format").asText()).isEqualTo("qcow2");
        assertThat(image.path("size").path("unpackedBytes").asText()).isEqualTo("" + FakeRegistry.IMAGE_BYTES);
        assertThat(image.path("progress").asText()).isEqualTo("100%");
        assertThat(world.get(Kinds.DISK, "root").path("status").path("capacity").asText())
                .isEqualTo("1Gi");
        world.await(
                "the disk names its machine",
                () -> world.get(Kinds.DISK, "root")
                        .at("/status/attachedToVirtualMachines/0/name")
                        .asText()
                        .equals("web"));
    }

    @Test
    void a_hostile_image_fails_with_its_reason_and_is_not_tried_again() throws IOException {
        world.image("bad", "hostile.qcow2");
        world.awaitPhase(Kinds.CLUSTER_IMAGE, "bad", "Failed");
        JsonNode condition = world.get(Kinds.CLUSTER_IMAGE, "bad").at("/status/conditions/0");
        assertThat(condition.path("reason").asText()).isEqualTo("Qcow2BackingFile");
        assertThat(condition.path("message").asText()).contains("/etc/shadow");
        assertThat(world.registry.imports()).isEqualTo(1);

        world.image("bad", "debian.qcow2");
        world.awaitPhase(Kinds.CLUSTER_IMAGE, "bad", "Ready");
    }

    @Test
    void nobody_writes_to_a_disk_that_an_image_is_being_made_of() throws IOException {
        world.registry.holdPushes(true);
        world.disk("root", "", "1Gi");
        world.awaitPhase(Kinds.DISK, "root", "Ready");
        world.apply(GOLDEN);
        world.awaitPhase(Kinds.IMAGE, "golden", "Provisioning");
        world.machine("web", "AlwaysOn", 1, "root");
        world.await(
                "the machine waits",
                () -> world.get(Kinds.MACHINE, "web")
                        .at("/status/message")
                        .asText()
                        .contains("an image is being made"));
        world.delete(Kinds.MACHINE, "web");
        world.delete(Kinds.DISK, "root");
        world.await(
                "the disk names the image",
                () -> world.get(Kinds.DISK, "root")
                        .toString()
                        .contains("is used by VirtualMachineImage default/golden"));

        world.registry.holdPushes(false);

        world.awaitPhase(Kinds.IMAGE, "golden", "Ready");
        world.awaitPhase(Kinds.DISK, "root", "Gone");
    }

    @Test
    void an_upload_is_offered_and_becomes_a_disk() throws IOException {
        world.apply("{'apiVersion':'virtualization.deckhouse.io/v1alpha2','kind':'VirtualMachineDisk',"
                + "'metadata':{'name':'mine'},'spec':{'dataSource':{'type':'Upload'}}}");
        world.awaitPhase(Kinds.DISK, "mine", "WaitForUserUpload");
        String command = world.get(Kinds.DISK, "mine")
                .path("status")
                .path("uploadCommand")
                .asText();
        assertThat(command).startsWith("curl -T FILE ");

        world.registry.upload(command);

        world.awaitPhase(Kinds.DISK, "mine", "Ready");
        world.await(
                "what was imported for it alone is gone",
                () -> world.registry.images().isEmpty());
        assertThat(world.get(Kinds.DISK, "mine")
                        .path("status")
                        .path("uploadCommand")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void a_golden_image_is_made_of_a_disk_that_nobody_writes_to() throws IOException {
        running("web", "AlwaysOnUnlessStoppedManually");
        world.apply(GOLDEN);
        world.awaitPhase(Kinds.IMAGE, "golden", "Pending");
        world.await(
                "it says who writes",
                () -> world.get(Kinds.IMAGE, "golden").toString().contains("VirtualMachine default/web"));

        world.operate("off", "Stop", "web");

        world.awaitPhase(Kinds.OPERATION, "off", "Completed");
        world.awaitPhase(Kinds.IMAGE, "golden", "Ready");
    }

    @Test
    void two_machines_never_write_to_one_disk() throws IOException {
        running("web", "AlwaysOn");
        world.machine("thief", "AlwaysOn", 1, "root");
        world.awaitPhase(Kinds.MACHINE, "thief", "Pending");
        world.await(
                "it says who has it",
                () -> world.get(Kinds.MACHINE, "thief")
                        .path("status")
                        .path("message")
                        .asText()
                        .contains("in use by VirtualMachine default/web"));
        world.delete(Kinds.MACHINE, "web");
        world.awaitPhase(Kinds.MACHINE, "thief", "Running");
    }

    @Test
    void images_are_shared_read_only() throws IOException {
        world.image("setup", "setup.iso");
        world.machine("one", "AlwaysOn", 1, "image:setup");
        world.machine("two", "AlwaysOn", 1, "image:setup");
        world.awaitPhase(Kinds.MACHINE, "one", "Running");
        world.awaitPhase(Kinds.MACHINE, "two", "Running");
        assertThat(world.hypervisor
                        .definition(world.uuid("one"))
                        .devices()
                        .getFirst()
                        .cdrom())
                .isTrue();
        assertThat(world.volumes.all()).hasSize(1);
        world.delete(Kinds.MACHINE, "one");
        world.awaitPhase(Kinds.MACHINE, "one", "Gone");
        assertThat(world.volumes.all()).hasSize(1);
        world.delete(Kinds.MACHINE, "two");
        world.await(
                "the copy goes with its last user", () -> world.volumes.all().isEmpty());
    }

    @Test
    void a_disk_is_plugged_into_and_out_of_a_running_machine() throws IOException {
        running("web", "AlwaysOn");
        world.disk("data", "", "2Gi");
        world.attachment("more", "web", "data");
        world.awaitPhase(Kinds.ATTACHMENT, "more", "Attached");
        world.await(
                "the machine shows it",
                () -> world.get(Kinds.MACHINE, "web")
                                .at("/status/blockDevicesAttached")
                                .size()
                        == 2);

        world.hypervisor.end(world.uuid("web"), End.REBOOTED);
        world.await("it is plugged in again", () -> attached("data"));

        world.delete(Kinds.DISK, "data");
        world.awaitPhase(Kinds.DISK, "data", "Terminating");
        world.delete(Kinds.ATTACHMENT, "more");
        world.awaitPhase(Kinds.ATTACHMENT, "more", "Gone");
        world.awaitPhase(Kinds.DISK, "data", "Gone");
        assertThat(world.phase(Kinds.MACHINE, "web")).isEqualTo("Running");
    }

    private boolean attached(String disk) throws IOException {
        String uid = world.get(Kinds.DISK, disk).path("metadata").path("uid").asText();
        return world.hypervisor.find(world.uuid("web")) instanceof Active active
                && active.devices().containsKey(uid);
    }

    @Test
    void a_disk_grows_under_a_running_machine_and_does_not_shrink() throws IOException {
        running("web", "AlwaysOn");
        String uid = world.get(Kinds.DISK, "root").path("metadata").path("uid").asText();

        world.disk("root", "debian", "3Gi");

        world.await(
                "the guest sees it",
                () -> world.hypervisor
                        .sizeInGuest(uid)
                        .filter(bytes -> bytes == 3L << 30)
                        .isPresent());
        world.await(
                "the disk says it",
                () -> world.get(Kinds.DISK, "root")
                        .path("status")
                        .path("capacity")
                        .asText()
                        .equals("3Gi"));
        assertThatThrownBy(() -> world.disk("root", "debian", "2Gi")).hasMessageContaining("cannot shrink");
    }

    @Test
    void changes_wait_for_a_restart_and_say_so() throws IOException {
        running("web", "AlwaysOn");
        world.machine("web", "AlwaysOn", 4, "root");
        world.await(
                "it says what waits",
                () -> world.get(Kinds.MACHINE, "web")
                        .at("/status/restartAwaitingChanges/0/path")
                        .asText()
                        .equals("cpu.cores"));
        assertThat(world.hypervisor.starts(world.uuid("web"))).isEqualTo(1);
        world.await(
                "a reboot would apply it",
                () -> world.hypervisor.definition(world.uuid("web")).cores() == 4);

        world.operate("again", "Restart", "web");

        world.awaitPhase(Kinds.OPERATION, "again", "Completed");
        assertThat(world.hypervisor.starts(world.uuid("web"))).isEqualTo(2);
        world.await(
                "nothing waits any more",
                () -> world.get(Kinds.MACHINE, "web")
                        .at("/status/restartAwaitingChanges")
                        .isMissingNode());
    }

    @Test
    void operations_do_what_the_policy_allows() throws IOException {
        running("web", "AlwaysOn");
        world.operate("stop", "Stop", "web");
        world.awaitPhase(Kinds.OPERATION, "stop", "Failed");
        world.operate("pause", "Pause", "web");
        world.awaitPhase(Kinds.OPERATION, "pause", "Completed");
        world.awaitPhase(Kinds.MACHINE, "web", "Pause");
        world.operate("resume", "Resume", "web");
        world.awaitPhase(Kinds.MACHINE, "web", "Running");
        world.machine("web", "AlwaysOff", 1, "root");
        world.awaitPhase(Kinds.MACHINE, "web", "Stopped");
        world.machine("web", "Manual", 1, "root");
        world.operate("start", "Start", "web");
        world.awaitPhase(Kinds.OPERATION, "start", "Completed");
        world.awaitPhase(Kinds.MACHINE, "web", "Running");
        world.hypervisor.end(world.uuid("web"), End.POWERED_OFF);
        world.awaitPhase(Kinds.MACHINE, "web", "Stopped");
    }

    @Test
    void a_stubborn_guest_has_its_plug_pulled_on_request() throws IOException {
        running("web", "AlwaysOnUnlessStoppedManually");
        world.hypervisor.beStubborn(true);
        world.operate("off", "ForceStop", "web");
        world.awaitPhase(Kinds.OPERATION, "off", "Completed");
        world.awaitPhase(Kinds.MACHINE, "web", "Stopped");
    }

    @Test
    void a_crash_is_followed_by_a_start_and_noted() throws IOException {
        running("web", "AlwaysOn");
        UUID uuid = world.uuid("web");
        world.hypervisor.end(uuid, End.CRASHED);
        world.awaitPhase(Kinds.MACHINE, "web", "Failed");
        world.awaitPhase(Kinds.MACHINE, "web", "Running");
        assertThat(world.hypervisor.starts(uuid)).isEqualTo(2);
        assertThat(world.resources.events(Kinds.MACHINE, Key.of("default", "web")))
                .anyMatch(event -> event.reason().equals("Crashed"));
    }

    @Test
    void a_host_that_is_away_is_waited_for() throws IOException {
        world.hypervisor.goAway(true);
        world.image("debian", "debian.qcow2");
        world.disk("root", "debian", "");
        world.machine("web", "AlwaysOn", 1, "root");
        world.await(
                "it says so",
                () -> world.get(Kinds.MACHINE, "web")
                        .path("status")
                        .path("message")
                        .asText()
                        .contains("libvirt is away"));
        world.hypervisor.goAway(false);
        world.awaitPhase(Kinds.MACHINE, "web", "Running");
    }

    @Test
    void everything_goes_whatever_the_order_of_its_deletion() throws IOException {
        List<ResourceType<?, ?>> types = List.of(Kinds.CLUSTER_IMAGE, Kinds.DISK, Kinds.MACHINE, Kinds.ATTACHMENT);
        for (List<ResourceType<?, ?>> order : permutations(types)) {
            running("web", "AlwaysOn");
            world.disk("data", "", "1Gi");
            world.attachment("more", "web", "data");
            world.awaitPhase(Kinds.ATTACHMENT, "more", "Attached");
            for (ResourceType<?, ?> type : order) {
                for (var resource : List.copyOf(world.resources.list(type))) {
                    world.delete(type, resource.key().name());
                }
            }
            for (ResourceType<?, ?> type : types) {
                world.await(
                        order + ": all " + type + " are gone",
                        () -> world.resources.list(type).isEmpty());
            }
            world.assertNothingIsLeft();
        }
    }

    private static List<List<ResourceType<?, ?>>> permutations(List<ResourceType<?, ?>> types) {
        if (types.isEmpty()) {
            return List.of(List.of());
        }
        List<List<ResourceType<?, ?>>> all = new ArrayList<>();
        for (ResourceType<?, ?> first : types) {
            List<ResourceType<?, ?>> rest = new ArrayList<>(types);
            rest.remove(first);
            for (List<ResourceType<?, ?>> order : permutations(rest)) {
                List<ResourceType<?, ?>> whole = new ArrayList<>(List.of(first));
                whole.addAll(order);
                all.add(whole);
            }
        }
        return all;
    }

    @Test
    void a_hundred_resources_come_true_at_once() throws IOException {
        world.image("debian", "debian.qcow2");
        for (int i = 0; i < 50; i++) {
            world.disk("root-" + i, "debian", "");
            world.machine("web-" + i, "AlwaysOn", 1, "root-" + i);
        }
        for (int i = 0; i < 50; i++) {
            world.awaitPhase(Kinds.MACHINE, "web-" + i, "Running");
        }
        assertThat(world.registry.imports()).isEqualTo(1);
    }

    private void running(String machine, String policy) throws IOException {
        world.image("debian", "debian.qcow2");
        world.disk("root", "debian", "");
        world.machine(machine, policy, 1, "root");
        world.awaitPhase(Kinds.MACHINE, machine, "Running");
    }
}
