package io.dvcr.virt.plan.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.MachineRun.Power;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.api.VirtualMachineSpec.RunPolicy;
import io.dvcr.virt.plan.operation.OperationPlan.MachineNow;
import io.dvcr.virt.plan.operation.OperationPlan.Step;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import io.dvcr.virt.runtime.Domain.Inactive;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class OperationPlanTest {
    private static final Domain ON = new Active(Activity.RUNNING, Map.of());
    private static final Domain OFF = new Inactive(End.POWERED_OFF);

    @ParameterizedTest
    @CsvSource({
        "AlwaysOn, Stop, false",
        "AlwaysOn, ForceStop, false",
        "AlwaysOn, Restart, true",
        "AlwaysOn, Start, true",
        "AlwaysOff, Start, false",
        "AlwaysOff, Restart, false",
        "AlwaysOff, Stop, true",
        "Manual, Start, true",
        "Manual, Stop, true",
        "AlwaysOnUnlessStoppedManually, Stop, true",
        "AlwaysOnUnlessStoppedManually, Restart, true"
    })
    void the_run_policy_says_which_operations_there_are(
            RunPolicy policy, VirtualMachineOperationSpec.Type type, boolean allowed) {
        Step step = OperationPlan.plan(operation(type, false), false, machine(policy, ON, false));
        assertThat(step instanceof Step.Fail).isEqualTo(!allowed);
    }

    @Test
    void a_stop_is_noted_then_waited_for() {
        VirtualMachineOperationSpec stop = operation(VirtualMachineOperationSpec.Type.Stop, false);
        assertThat(plan(stop, false, ON)).isEqualTo(new Step.Want(Power.Off));
        assertThat(plan(stop, true, ON)).isInstanceOf(Step.Wait.class);
        assertThat(plan(stop, true, OFF)).isEqualTo(new Step.Complete());
    }

    @Test
    void a_forced_stop_pulls_the_plug() {
        VirtualMachineOperationSpec stop = operation(VirtualMachineOperationSpec.Type.Stop, true);
        assertThat(plan(stop, true, ON)).isEqualTo(new Step.Destroy());
        assertThat(plan(operation(VirtualMachineOperationSpec.Type.ForceStop, false), true, ON))
                .isEqualTo(new Step.Destroy());
    }

    @Test
    void a_restart_is_over_once_the_machine_was_started_anew() {
        VirtualMachineOperationSpec restart = operation(VirtualMachineOperationSpec.Type.Restart, false);
        assertThat(plan(restart, false, ON)).isEqualTo(new Step.Restart());
        assertThat(plan(restart, true, ON)).isInstanceOf(Step.Wait.class);
        assertThat(plan(restart, true, OFF)).isInstanceOf(Step.Wait.class);
        assertThat(OperationPlan.plan(restart, true, machine(RunPolicy.AlwaysOn, ON, true)))
                .isEqualTo(new Step.Complete());
        assertThat(plan(restart, false, OFF)).isInstanceOf(Step.Fail.class);
    }

    @Test
    void pause_and_resume_look_at_what_the_guest_does() {
        Domain paused = new Active(Activity.PAUSED, Map.of());
        VirtualMachineOperationSpec pause = operation(VirtualMachineOperationSpec.Type.Pause, false);
        VirtualMachineOperationSpec resume = operation(VirtualMachineOperationSpec.Type.Resume, false);
        assertThat(plan(pause, false, ON)).isEqualTo(new Step.Pause());
        assertThat(plan(pause, true, paused)).isEqualTo(new Step.Complete());
        assertThat(plan(resume, false, paused)).isEqualTo(new Step.Resume());
        assertThat(plan(resume, true, ON)).isEqualTo(new Step.Complete());
        assertThat(plan(pause, false, OFF)).isInstanceOf(Step.Fail.class);
    }

    private static Step plan(VirtualMachineOperationSpec operation, boolean begun, Domain domain) {
        return OperationPlan.plan(operation, begun, machine(RunPolicy.Manual, domain, false));
    }

    private static MachineNow machine(RunPolicy policy, Domain domain, boolean startedSince) {
        return new MachineNow(policy, Optional.empty(), domain, false, startedSince);
    }

    private static VirtualMachineOperationSpec operation(VirtualMachineOperationSpec.Type type, boolean force) {
        return new VirtualMachineOperationSpec(type, "web", force);
    }
}
