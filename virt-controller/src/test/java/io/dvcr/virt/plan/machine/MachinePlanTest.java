package io.dvcr.virt.plan.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.BlockDevice;
import io.dvcr.virt.api.MachineRun;
import io.dvcr.virt.api.MachineRun.Power;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.api.VirtualMachineSpec.Bootloader;
import io.dvcr.virt.api.VirtualMachineSpec.Cpu;
import io.dvcr.virt.api.VirtualMachineSpec.Disruptions;
import io.dvcr.virt.api.VirtualMachineSpec.Memory;
import io.dvcr.virt.api.VirtualMachineSpec.OsType;
import io.dvcr.virt.api.VirtualMachineSpec.RestartApprovalMode;
import io.dvcr.virt.api.VirtualMachineSpec.RunPolicy;
import io.dvcr.virt.plan.machine.MachineAction.Define;
import io.dvcr.virt.plan.machine.MachineAction.DeleteFiles;
import io.dvcr.virt.plan.machine.MachineAction.Destroy;
import io.dvcr.virt.plan.machine.MachineAction.Hold;
import io.dvcr.virt.plan.machine.MachineAction.Redefine;
import io.dvcr.virt.plan.machine.MachineAction.Release;
import io.dvcr.virt.plan.machine.MachineAction.Remember;
import io.dvcr.virt.plan.machine.MachineAction.Shutdown;
import io.dvcr.virt.plan.machine.MachineAction.Start;
import io.dvcr.virt.plan.machine.MachineAction.Undefine;
import io.dvcr.virt.plan.machine.MachineObserved.Missing;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.runtime.Accelerator;
import io.dvcr.virt.runtime.AcceleratorRequest;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import io.dvcr.virt.runtime.Domain.Inactive;
import io.dvcr.virt.runtime.KvmSupport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachinePlanTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final Domain RUNNING = new Active(Activity.RUNNING, Map.of());
    private static final MachineRun STARTED = MachineRun.NONE.withStarted(NOW.minusSeconds(60));
    private static final List<MachineAction> TURN_ON = List.of(new Define(Accelerator.TCG), new Start());

    /** What happens next, and after that, when a run ends by itself: the table of every policy and every end. */
    @ParameterizedTest
    @CsvSource({
        "AlwaysOn, POWERED_OFF, again",
        "AlwaysOn, REBOOTED, again",
        "AlwaysOn, CRASHED, later",
        "AlwaysOn, DESTROYED, again",
        "AlwaysOn, UNKNOWN, again",
        "AlwaysOnUnlessStoppedManually, POWERED_OFF, off",
        "AlwaysOnUnlessStoppedManually, REBOOTED, again",
        "AlwaysOnUnlessStoppedManually, CRASHED, later",
        "AlwaysOnUnlessStoppedManually, DESTROYED, off",
        "AlwaysOnUnlessStoppedManually, UNKNOWN, again",
        "Manual, POWERED_OFF, off",
        "Manual, REBOOTED, again",
        "Manual, CRASHED, off",
        "Manual, DESTROYED, off",
        "Manual, UNKNOWN, again",
        "AlwaysOff, POWERED_OFF, off",
        "AlwaysOff, REBOOTED, off",
        "AlwaysOff, CRASHED, off",
        "AlwaysOff, DESTROYED, off",
        "AlwaysOff, UNKNOWN, off"
    })
    void the_end_of_a_run_is_followed_by_what_the_policy_says(RunPolicy policy, End end, String next) {
        MachineRun run = policy == RunPolicy.Manual ? STARTED.withWanted(Power.On) : STARTED;

        MachineRun after = remembered(plan(policy, run, new Inactive(end)));

        assertThat(after.started()).isFalse();
        List<MachineAction> steps = plan(policy, after, new Inactive(end));
        List<MachineAction> muchLater =
                MachinePlan.plan(observed(policy, after, new Inactive(end), NOW.plusSeconds(600)));
        switch (next) {
            case "again" -> assertThat(steps).isEqualTo(TURN_ON);
            case "later" -> {
                assertThat(steps).isEmpty();
                assertThat(muchLater).isEqualTo(TURN_ON);
            }
            default -> assertThat(muchLater).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "AlwaysOn, , true",
        "AlwaysOn, Off, true",
        "AlwaysOff, , false",
        "AlwaysOff, On, false",
        "Manual, , false",
        "Manual, On, true",
        "Manual, Off, false",
        "AlwaysOnUnlessStoppedManually, , true",
        "AlwaysOnUnlessStoppedManually, On, true",
        "AlwaysOnUnlessStoppedManually, Off, false"
    })
    void a_machine_runs_as_its_policy_and_people_say(RunPolicy policy, Power wanted, boolean runs) {
        MachineRun run = Stream.ofNullable(wanted).reduce(MachineRun.NONE, MachineRun::withWanted, (a, _) -> a);

        assertThat(plan(policy, run, new Absent())).isEqualTo(runs ? TURN_ON : List.of());
        assertThat(plan(policy, run.withStarted(NOW), RUNNING)).hasSize(runs ? 0 : 2);
    }

    @Test
    void crashes_in_a_row_are_waited_for_longer_each_time_up_to_five_minutes() {
        MachineRun run = STARTED;
        long last = 0;
        for (int i = 0; i < 12; i++) {
            run = remembered(plan(RunPolicy.AlwaysOn, run, new Inactive(End.CRASHED)));
            long delay = run.notBefore().orElseThrow().getEpochSecond() - NOW.getEpochSecond();
            assertThat(delay).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(300);
            last = delay;
            run = run.withStarted(NOW);
        }
        assertThat(last).isEqualTo(300);
        MachineRun crashed = run.withStarted(NOW.minusSeconds(700));
        assertThat(remembered(plan(RunPolicy.AlwaysOn, crashed, RUNNING)).crashes())
                .isZero();
    }

    @Test
    void a_guest_is_asked_to_turn_itself_off_and_then_has_its_plug_pulled() {
        List<MachineAction> first = plan(RunPolicy.AlwaysOff, STARTED, RUNNING);
        assertThat(first).hasSize(2).endsWith(new Shutdown());
        MachineRun asked = remembered(first);

        assertThat(plan(RunPolicy.AlwaysOff, asked, RUNNING)).containsExactly(new Shutdown());
        assertThat(MachinePlan.plan(observed(RunPolicy.AlwaysOff, asked, RUNNING, NOW.plusSeconds(60))))
                .containsExactly(new Destroy());
        MachineRun ended = remembered(plan(RunPolicy.AlwaysOff, asked, new Inactive(End.POWERED_OFF)));
        assertThat(ended.shutdownAskedAt()).isEmpty();
    }

    @Test
    void a_shutdown_once_asked_for_is_seen_through_and_the_machine_started_again() {
        MachineRun asked = STARTED.withShutdownAsked(NOW);

        assertThat(plan(RunPolicy.AlwaysOn, asked, RUNNING)).containsExactly(new Shutdown());
        MachineRun ended = remembered(plan(RunPolicy.AlwaysOn, asked, new Inactive(End.DESTROYED)));
        assertThat(plan(RunPolicy.AlwaysOn, ended, new Inactive(End.DESTROYED))).isEqualTo(TURN_ON);
    }

    @Test
    void a_restart_stops_and_starts_whatever_the_end_was() {
        MachineRun restarting = STARTED.withWanted(Power.On).withRestarting();

        assertThat(plan(RunPolicy.Manual, restarting, RUNNING)).endsWith(new Shutdown());
        MachineRun ended = remembered(plan(RunPolicy.Manual, restarting, new Inactive(End.POWERED_OFF)));
        assertThat(plan(RunPolicy.Manual, ended, new Inactive(End.POWERED_OFF))).isEqualTo(TURN_ON);
    }

    @Test
    void changes_restart_a_machine_only_where_that_is_approved() {
        MachineObserved manual = observed(RunPolicy.AlwaysOn, STARTED, RUNNING, NOW);
        assertThat(MachinePlan.plan(changed(manual, Optional.empty()))).containsExactly(new Redefine());
        MachineObserved waiting = observed(RunPolicy.AlwaysOn, STARTED.withWaiting(2), RUNNING, NOW);
        assertThat(MachinePlan.plan(changed(waiting, Optional.empty()))).isEmpty();

        List<MachineAction> steps =
                MachinePlan.plan(changed(manual, Optional.of(new Disruptions(RestartApprovalMode.Automatic))));
        assertThat(steps).endsWith(new Shutdown());
        assertThat(steps.getFirst()).isEqualTo(new Remember(STARTED.withRestarting()));
    }

    @Test
    void a_controller_that_was_killed_after_a_start_remembers_it_late() {
        assertThat(remembered(plan(RunPolicy.AlwaysOn, MachineRun.NONE, RUNNING))
                        .started())
                .isTrue();
    }

    @Test
    void what_is_missing_or_unknown_is_waited_for() {
        MachineObserved ready = observed(RunPolicy.AlwaysOn, MachineRun.NONE, new Absent(), NOW);
        MachineObserved waiting = new MachineObserved(
                false,
                true,
                ready.spec(),
                2,
                ready.run(),
                ready.domain(),
                ready.accelerator(),
                ready.kvm(),
                false,
                Optional.of(new Missing("VirtualMachineDiskNotReady", "disk is Provisioning")),
                NOW);
        assertThat(MachinePlan.plan(waiting)).isEmpty();
        assertThat(MachineTold.of(waiting).message()).isEqualTo("disk is Provisioning");
        assertThat(plan(RunPolicy.AlwaysOn, STARTED, new Domain.Unknown("no libvirt")))
                .isEmpty();
    }

    @Test
    void kvm_is_never_silently_replaced() {
        assertThat(MachinePlan.accelerator(AcceleratorRequest.KVM, new KvmSupport.Unusable("no vmx")))
                .isEmpty();
        assertThat(MachinePlan.accelerator(AcceleratorRequest.AUTO, new KvmSupport.Unusable("no vmx")))
                .contains(Accelerator.TCG);
        assertThat(MachinePlan.accelerator(AcceleratorRequest.AUTO, new KvmSupport.Usable()))
                .contains(Accelerator.KVM);
    }

    @Test
    void a_machine_that_is_deleted_is_shut_down_first_and_let_go_last() {
        assertThat(deleting(MachineRun.NONE, RUNNING)).endsWith(new Shutdown());
        assertThat(deleting(STARTED, new Inactive(End.POWERED_OFF)))
                .containsExactly(new Undefine(), new DeleteFiles(), new Release());
        assertThat(deleting(STARTED, new Absent())).containsExactly(new DeleteFiles(), new Release());
        assertThat(deleting(STARTED, new Domain.Unknown("no libvirt"))).isEmpty();
    }

    @Test
    void a_new_machine_is_held_before_anything_is_made_for_it() {
        MachineObserved held = observed(RunPolicy.AlwaysOn, MachineRun.NONE, new Absent(), NOW);
        MachineObserved fresh = new MachineObserved(
                false,
                false,
                held.spec(),
                2,
                held.run(),
                held.domain(),
                held.accelerator(),
                held.kvm(),
                false,
                Optional.empty(),
                NOW);
        assertThat(MachinePlan.plan(fresh)).startsWith(new Hold()).endsWith(new Start());
    }

    private static List<MachineAction> plan(RunPolicy policy, MachineRun run, Domain domain) {
        return MachinePlan.plan(observed(policy, run, domain, NOW));
    }

    private static List<MachineAction> deleting(MachineRun run, Domain domain) {
        MachineObserved observed = observed(RunPolicy.AlwaysOn, run, domain, NOW);
        return MachinePlan.plan(new MachineObserved(
                true,
                true,
                observed.spec(),
                2,
                run,
                domain,
                observed.accelerator(),
                observed.kvm(),
                false,
                Optional.empty(),
                NOW));
    }

    private static MachineObserved changed(MachineObserved observed, Optional<Disruptions> disruptions) {
        return new MachineObserved(
                false,
                true,
                spec(observed.spec().runPolicy(), disruptions),
                2,
                observed.run(),
                observed.domain(),
                observed.accelerator(),
                observed.kvm(),
                true,
                Optional.empty(),
                NOW);
    }

    private static MachineObserved observed(RunPolicy policy, MachineRun run, Domain domain, Instant now) {
        return new MachineObserved(
                false,
                true,
                spec(policy, Optional.empty()),
                2,
                run,
                domain,
                AcceleratorRequest.AUTO,
                new KvmSupport.Unusable("emulated"),
                false,
                Optional.empty(),
                now);
    }

    private static VirtualMachineSpec spec(RunPolicy policy, Optional<Disruptions> disruptions) {
        return new VirtualMachineSpec(
                policy,
                OsType.Generic,
                Bootloader.BIOS,
                true,
                new Cpu(1, "100%", Optional.empty()),
                new Memory(Quantity.parse("256Mi")),
                List.of(BlockDevice.disk("root")),
                Optional.empty(),
                60,
                disruptions,
                Map.of(),
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty());
    }

    private static MachineRun remembered(List<MachineAction> steps) {
        return steps.stream()
                .filter(Remember.class::isInstance)
                .map(step -> ((Remember) step).run())
                .reduce((_, last) -> last)
                .orElseThrow(() -> new AssertionError("nothing is remembered by " + steps));
    }
}
