package io.dvcr.virt.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.MachinePhase;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Activity;
import io.dvcr.virt.plan.DomainState.End;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.DomainState.Unknown;
import io.dvcr.virt.plan.KvmSupport.Unusable;
import io.dvcr.virt.plan.Observed.Shutdown;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachineConditionTest {
    private static final VolumeState READY = new VolumeState.Ready();
    private static final DomainState OFF = new Inactive(End.UNKNOWN);
    private static final DomainState ON = new Active(Activity.RUNNING);
    private static final Optional<Failure> NO_FAILURE = Optional.empty();
    private static final Optional<Failure> PASSING = Optional.of(new Failure("VolumeNotReady", "reset by peer", false));
    private static final Optional<Failure> LASTING = Optional.of(new Failure("HostRefused", "no memory", true));

    static Stream<Arguments> conditions() {
        return Stream.of(
                row(DesiredState.RUNNING, new VolumeState.Absent(), new Absent(), NO_FAILURE, MachinePhase.Pending),
                row(DesiredState.RUNNING, new VolumeState.Filling(4), new Absent(), NO_FAILURE, MachinePhase.Pending),
                row(DesiredState.RUNNING, new VolumeState.Filling(0), new Absent(), LASTING, MachinePhase.Failed),
                row(DesiredState.RUNNING, new VolumeState.Filling(4), new Absent(), LASTING, MachinePhase.Pending),
                row(DesiredState.RUNNING, READY, OFF, NO_FAILURE, MachinePhase.Starting),
                row(DesiredState.RUNNING, READY, OFF, PASSING, MachinePhase.Pending),
                row(DesiredState.RUNNING, READY, OFF, LASTING, MachinePhase.Failed),
                row(DesiredState.RUNNING, READY, ON, NO_FAILURE, MachinePhase.Running),
                row(DesiredState.RUNNING, READY, new Active(Activity.PAUSED), NO_FAILURE, MachinePhase.Pause),
                row(DesiredState.RUNNING, READY, new Active(Activity.SHUTTING_DOWN), NO_FAILURE, MachinePhase.Stopping),
                row(DesiredState.STOPPED, READY, ON, NO_FAILURE, MachinePhase.Stopping),
                row(DesiredState.FORCE_STOPPED, READY, ON, LASTING, MachinePhase.Stopping),
                row(DesiredState.STOPPED, READY, OFF, NO_FAILURE, MachinePhase.Stopped),
                row(DesiredState.STOPPED, new VolumeState.Absent(), new Absent(), PASSING, MachinePhase.Stopped),
                row(DesiredState.DELETED, READY, ON, NO_FAILURE, MachinePhase.Terminating),
                row(DesiredState.DELETED, READY, new Unknown("away"), LASTING, MachinePhase.Terminating));
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void the_phase_follows_from_what_is_so(
            DesiredState desired,
            VolumeState volume,
            DomainState domain,
            Optional<Failure> failure,
            MachinePhase phase) {
        assertThat(condition(AcceleratorRequest.AUTO, desired, volume, domain, failure)
                        .phase())
                .isEqualTo(phase);
    }

    @ParameterizedTest
    @EnumSource(
            value = DesiredState.class,
            names = {"RUNNING", "STOPPED", "FORCE_STOPPED"})
    void without_the_host_nothing_is_claimed(DesiredState desired) {
        assertThat(condition(AcceleratorRequest.AUTO, desired, READY, new Unknown("libvirt is away"), NO_FAILURE))
                .isEqualTo(new MachineCondition(MachinePhase.Pending, "HostUnavailable", "libvirt is away"));
    }

    @Test
    void a_machine_that_asks_for_kvm_in_vain_fails_with_the_reason() {
        assertThat(condition(AcceleratorRequest.KVM, DesiredState.RUNNING, READY, new Absent(), NO_FAILURE))
                .isEqualTo(new MachineCondition(MachinePhase.Failed, "KvmUnavailable", "neither vmx nor svm"));
    }

    @Test
    void a_failure_says_why() {
        assertThat(condition(AcceleratorRequest.TCG, DesiredState.RUNNING, READY, OFF, LASTING))
                .isEqualTo(new MachineCondition(MachinePhase.Failed, "HostRefused", "no memory"));
    }

    @Test
    void the_making_of_the_volume_is_told_in_percent() {
        assertThat(condition(
                                AcceleratorRequest.TCG,
                                DesiredState.RUNNING,
                                new VolumeState.Filling(41),
                                new Absent(),
                                NO_FAILURE)
                        .message())
                .isEqualTo("the volume is being made: 41%");
    }

    private static MachineCondition condition(
            AcceleratorRequest request,
            DesiredState desired,
            VolumeState volume,
            DomainState domain,
            Optional<Failure> failure) {
        MachineSpec spec = MachineSpec.parse("web", "vms/debian:12", 1, 512L << 20, request)
                .withDesired(desired);
        Observed observed = new Observed(volume, domain, new Unusable("neither vmx nor svm"), true, Shutdown.NOT_ASKED);
        return MachineCondition.of(spec, observed, failure);
    }

    private static Arguments row(
            DesiredState desired,
            VolumeState volume,
            DomainState domain,
            Optional<Failure> failure,
            MachinePhase phase) {
        return arguments(desired, volume, domain, failure, phase);
    }
}
