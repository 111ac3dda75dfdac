package io.dvcr.virt.singlehost;

import static io.dvcr.virt.singlehost.Bench.WEB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.NotFound;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.Machine;
import io.dvcr.virt.machine.MachineName;
import io.dvcr.virt.machine.MachinePhase;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.plan.DomainState.End;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachineControllerTest {
    @TempDir
    Path data;

    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(data);
    }

    @AfterEach
    void close() throws IOException {
        bench.images.release();
        bench.close();
    }

    @Test
    void a_machine_runs_from_a_volume_made_of_its_image() throws IOException {
        Machine created = bench.createWeb();
        assertThat(created.status().phase()).isEqualTo(MachinePhase.Pending);

        Machine running = bench.awaitPhase(MachinePhase.Running);

        assertThat(running.status().accelerator()).contains(Accelerator.TCG);
        assertThat(running.status().imageDigest()).isPresent();
        assertThat(running.status().volume()).hasContent("the disk of debian");
        assertThat(running.status().uuid()).isEqualTo(created.status().uuid());
        assertThat(bench.host.definition(running.status().uuid()).domain())
                .isEqualTo(running.status().domain());
        assertThat(bench.controller().list()).containsExactly(running);
    }

    @Test
    void a_cdrom_cannot_be_written() throws IOException {
        bench.controller().create(Bench.spec("web", FakeImages.ISO));

        Machine running = bench.awaitPhase(MachinePhase.Running);

        assertThat(bench.host.definition(running.status().uuid()).image().cdrom())
                .isTrue();
        assertThat(Files.getPosixFilePermissions(running.status().volume()))
                .noneMatch(permission -> permission.name().endsWith("_WRITE"));
    }

    @Test
    void names_are_unique() throws IOException {
        bench.createWeb();

        assertFault(Conflict.class, bench::createWeb);
    }

    @Test
    void what_does_not_exist_is_not_found() throws IOException {
        MachineController controller = bench.controller();

        assertFault(NotFound.class, () -> controller.get(WEB));
        assertFault(NotFound.class, () -> controller.start(WEB));
        assertFault(NotFound.class, () -> controller.stop(WEB, true));
        assertFault(NotFound.class, () -> controller.delete(WEB));
    }

    @Test
    void a_console_that_no_socket_can_have_is_refused_with_the_reason() throws IOException {
        try (Bench deep = new Bench(data.resolve("x".repeat(100)))) {
            assertFault(RequestInvalid.class, deep::createWeb);
        }
    }

    @Test
    void stop_lets_the_guest_turn_itself_off() throws IOException {
        UUID domain = bench.runWeb().status().uuid();

        assertThat(bench.controller().stop(WEB, false).status().phase())
                .isIn(MachinePhase.Stopping, MachinePhase.Stopped);

        bench.awaitPhase(MachinePhase.Stopped);
        assertThat(bench.host.isRunning(domain)).isFalse();
        assertThat(bench.mortality.calls()).contains("shutdown").doesNotContain("destroy");
    }

    @Test
    void stop_pulls_the_plug_once_the_grace_time_is_over() throws IOException {
        bench.host.guestsStopObeying();
        bench.runWeb();

        bench.controller().stop(WEB, false);

        bench.awaitPhase(MachinePhase.Stopped);
        assertThat(bench.mortality.calls()).contains("shutdown", "destroy");
    }

    @Test
    void stop_by_force_does_not_ask_the_guest() throws IOException {
        bench.runWeb();

        bench.controller().stop(WEB, true);

        bench.awaitPhase(MachinePhase.Stopped);
        assertThat(bench.mortality.calls()).contains("destroy").doesNotContain("shutdown");
    }

    @Test
    void a_stopped_machine_starts_again_on_the_same_volume() throws IOException {
        Machine before = bench.runWeb();
        bench.controller().stop(WEB, false);
        bench.awaitPhase(MachinePhase.Stopped);
        Files.writeString(before.status().volume(), "what the guest wrote");

        bench.controller().start(WEB);

        assertThat(bench.awaitPhase(MachinePhase.Running).status()).isEqualTo(before.status());
        assertThat(before.status().volume()).hasContent("what the guest wrote");
    }

    @Test
    void a_machine_asked_to_run_while_it_stops_runs_again() throws IOException {
        bench.host.guestsStopObeying();
        bench.controller(Duration.ofMillis(300));
        bench.runWeb();
        bench.controller().stop(WEB, false);
        bench.await(() -> bench.mortality.calls().contains("shutdown"));

        bench.controller().start(WEB);

        bench.await(() -> bench.host.starts() == 2);
        bench.awaitPhase(MachinePhase.Running);
    }

    @ParameterizedTest
    @EnumSource(
            value = End.class,
            names = {"POWERED_OFF", "DESTROYED"})
    void a_machine_turned_off_from_within_or_by_hand_stays_off(End end) throws IOException {
        UUID domain = bench.runWeb().status().uuid();

        bench.host.end(domain, end);

        assertThat(bench.awaitPhase(MachinePhase.Stopped).spec().desired()).isEqualTo(DesiredState.STOPPED);
        bench.controller().start(WEB);
        bench.awaitPhase(MachinePhase.Running);
    }

    @ParameterizedTest
    @EnumSource(
            value = End.class,
            names = {"CRASHED", "UNKNOWN"})
    void a_machine_that_crashed_or_whose_host_was_rebooted_runs_again(End end) throws IOException {
        UUID domain = bench.runWeb().status().uuid();

        bench.host.end(domain, end);

        bench.await(() -> bench.host.starts() == 2);
        bench.awaitPhase(MachinePhase.Running);
    }

    @Test
    void a_paused_machine_does_not_pass_for_a_running_one() throws IOException {
        bench.host.pause(bench.runWeb().status().uuid());

        bench.awaitPhase(MachinePhase.Pause);
    }

    @Test
    void nothing_of_a_deleted_machine_is_left() throws IOException {
        bench.runWeb();

        assertThat(bench.controller().delete(WEB).status().phase()).isEqualTo(MachinePhase.Terminating);

        bench.awaitGone();
        assertThat(bench.host.definitions()).isEmpty();
        assertThat(data.resolve("machines")).isDirectoryNotContaining("glob:**/[!.]*");
        bench.runWeb();
    }

    @Test
    void a_machine_can_be_deleted_while_its_volume_is_made() throws IOException {
        bench.images.hold();
        bench.createWeb();
        bench.awaitWeb(machine -> machine.status().message().contains("50%"));

        bench.controller().delete(WEB);

        bench.awaitGone();
        assertThat(data.resolve("machines")).isDirectoryNotContaining("glob:**/[!.]*");
    }

    @Test
    void a_machine_being_deleted_takes_no_orders() throws IOException {
        bench.runWeb();
        bench.host.vanish();
        bench.controller().delete(WEB);

        assertFault(Conflict.class, () -> bench.controller().start(WEB));
        assertFault(Conflict.class, () -> bench.controller().stop(WEB, true));
        assertFault(Conflict.class, bench::createWeb);
        assertThat(bench.awaitReason("HostUnavailable").status().phase()).isEqualTo(MachinePhase.Terminating);

        bench.host.comeBack();
        bench.awaitGone();
    }

    @Test
    void a_broken_download_is_told_and_tried_again() throws IOException {
        bench.images.breakOff();
        bench.createWeb();

        Machine waiting = bench.awaitWeb(machine -> machine.status().message().equals("connection reset"));
        assertThat(waiting.status().reason()).isEqualTo("VolumeNotReady");
        assertThat(waiting.status().phase()).isEqualTo(MachinePhase.Pending);
        assertThat(waiting.status().volume()).doesNotExist();

        bench.images.mend();
        bench.awaitPhase(MachinePhase.Running);
    }

    @Test
    void an_image_that_does_not_exist_fails_the_machine_until_it_does() throws IOException {
        bench.controller().create(Bench.spec("web", "vms/alpine:3"));

        assertThat(bench.awaitPhase(MachinePhase.Failed).status().message())
                .isEqualTo("image vms/alpine:3 does not exist");

        bench.images.tag("vms/alpine:3", "the disk of alpine");
        bench.awaitPhase(MachinePhase.Running);
    }

    @Test
    void a_tag_that_moves_does_not_change_a_half_made_volume() throws IOException {
        bench.images.breakOff();
        bench.createWeb();
        bench.awaitWeb(machine -> machine.status().imageDigest().isPresent());

        bench.images.tag(FakeImages.DISK, "the disk of another debian");
        bench.images.mend();

        assertThat(bench.awaitPhase(MachinePhase.Running).status().volume()).hasContent("the disk of debian");
    }

    @Test
    void kvm_asked_for_in_vain_is_a_failure_and_not_tcg() throws IOException {
        MachineSpec spec = MachineSpec.parse("web", FakeImages.DISK, 1, 512L << 20, AcceleratorRequest.KVM);
        bench.controller().create(spec);

        Machine failed = bench.awaitPhase(MachinePhase.Failed);

        assertThat(failed.status().message()).isEqualTo("neither vmx nor svm");
        assertThat(failed.status().accelerator()).isEmpty();
        assertThat(bench.host.definitions()).isEmpty();
    }

    @Test
    void a_refusal_of_the_host_is_told_and_tried_again() throws IOException {
        bench.host.refuseStarts("cannot allocate memory");
        bench.createWeb();

        assertThat(bench.awaitPhase(MachinePhase.Failed).status().message()).isEqualTo("cannot allocate memory");

        bench.host.refuseStarts("");
        bench.awaitPhase(MachinePhase.Running);
    }

    @Test
    void without_a_host_a_machine_is_pending_and_says_why() throws IOException {
        bench.host.vanish();
        bench.createWeb();

        Machine pending = bench.awaitReason("HostUnavailable");
        assertThat(pending.status().phase()).isEqualTo(MachinePhase.Pending);
        assertThat(pending.status().message()).isEqualTo("libvirt is away");

        bench.host.comeBack();
        bench.awaitPhase(MachinePhase.Running);
        bench.host.vanish();
        bench.awaitReason("HostUnavailable");
        bench.host.comeBack();
        bench.awaitPhase(MachinePhase.Running);
        assertThat(bench.host.starts()).isEqualTo(1);
    }

    @Test
    void a_machine_that_never_met_a_host_is_deleted_without_one() throws IOException {
        bench.images.hold();
        bench.createWeb();
        bench.host.vanish();

        bench.controller().delete(WEB);

        bench.awaitGone();
    }

    @Test
    void machines_run_on_without_their_controller() throws IOException {
        UUID domain = bench.runWeb().status().uuid();

        bench.close();

        assertThat(bench.host.isRunning(domain)).isTrue();
        bench.awaitPhase(MachinePhase.Running);
        assertThat(bench.host.starts()).isEqualTo(1);
    }

    @Test
    void one_controller_at_a_time_has_the_machines() throws IOException {
        bench.controller();

        assertThatIOException()
                .isThrownBy(() -> MachineController.open(data, bench.images, bench.host, MachineSettings.DEFAULTS))
                .withMessageContaining("another dvcr");
    }

    @Test
    void many_machines_run_side_by_side() throws IOException {
        for (int i = 0; i < 50; i++) {
            bench.controller().create(Bench.spec("m" + i, FakeImages.DISK));
        }

        MachineController controller = bench.controller();
        bench.await(() ->
                controller.list().stream().allMatch(machine -> machine.status().phase() == MachinePhase.Running));
        assertThat(controller.list()).hasSize(50);
        assertThat(controller.get(new MachineName("m7")).name()).hasToString("m7");
    }

    private static void assertFault(Class<?> fault, ThrowingCallable call) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.error()).isInstanceOf(fault));
    }
}
