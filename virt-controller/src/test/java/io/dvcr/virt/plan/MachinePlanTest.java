package io.dvcr.virt.plan;

import static io.dvcr.virt.machine.AcceleratorRequest.AUTO;
import static io.dvcr.virt.machine.AcceleratorRequest.KVM;
import static io.dvcr.virt.machine.AcceleratorRequest.TCG;
import static io.dvcr.virt.machine.DesiredState.DELETED;
import static io.dvcr.virt.machine.DesiredState.FORCE_STOPPED;
import static io.dvcr.virt.machine.DesiredState.RUNNING;
import static io.dvcr.virt.machine.DesiredState.STOPPED;
import static io.dvcr.virt.plan.Observed.Shutdown.NOT_ASKED;
import static io.dvcr.virt.plan.Observed.Shutdown.OVERDUE;
import static io.dvcr.virt.plan.Observed.Shutdown.WITHIN_GRACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.dvcr.virt.machine.Accelerator;
import io.dvcr.virt.machine.AcceleratorRequest;
import io.dvcr.virt.machine.DesiredState;
import io.dvcr.virt.machine.MachineSpec;
import io.dvcr.virt.plan.Action.CreateVolume;
import io.dvcr.virt.plan.Action.DefineDomain;
import io.dvcr.virt.plan.Action.DeleteVolume;
import io.dvcr.virt.plan.Action.DestroyDomain;
import io.dvcr.virt.plan.Action.Forget;
import io.dvcr.virt.plan.Action.RecordCrash;
import io.dvcr.virt.plan.Action.RecordPoweredOff;
import io.dvcr.virt.plan.Action.RecordStarted;
import io.dvcr.virt.plan.Action.RecordStopped;
import io.dvcr.virt.plan.Action.ShutdownDomain;
import io.dvcr.virt.plan.Action.StartDomain;
import io.dvcr.virt.plan.Action.UndefineDomain;
import io.dvcr.virt.plan.DomainState.Absent;
import io.dvcr.virt.plan.DomainState.Active;
import io.dvcr.virt.plan.DomainState.Activity;
import io.dvcr.virt.plan.DomainState.End;
import io.dvcr.virt.plan.DomainState.Inactive;
import io.dvcr.virt.plan.DomainState.Unknown;
import io.dvcr.virt.plan.KvmSupport.Unusable;
import io.dvcr.virt.plan.KvmSupport.Usable;
import io.dvcr.virt.plan.Observed.Shutdown;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class MachinePlanTest {
    private static final KvmSupport KVM_USABLE = new Usable();
    private static final KvmSupport NO_KVM = new Unusable("no vmx");

    private static final VolumeState NONE = new VolumeState.Absent();
    private static final VolumeState FILLING = new VolumeState.Filling(40);
    private static final VolumeState READY = new VolumeState.Ready();

    private static final DomainState ABSENT = new Absent();
    private static final DomainState UNKNOWN = new Unknown("libvirt is away");
    private static final DomainState ACTIVE = new Active(Activity.RUNNING);
    private static final DomainState PAUSED = new Active(Activity.PAUSED);
    private static final DomainState OFF = new Inactive(End.UNKNOWN);

    private static final boolean STARTED = true;
    private static final boolean NEW = false;

    private static final Action CREATE = new CreateVolume();
    private static final Action DEFINE = new DefineDomain(Accelerator.TCG);
    private static final Action START = new StartDomain();
    private static final Action DESTROY = new DestroyDomain();
    private static final Action UNDEFINE = new UndefineDomain();
    private static final Action STARTED_NOW = new RecordStarted();
    private static final Action STOPPED_NOW = new RecordStopped();
    private static final Action BUTTON = new ShutdownDomain();
    private static final Action DELETE_VOLUME = new DeleteVolume();
    private static final Action FORGET = new Forget();

    static Stream<Arguments> running() {
        return Stream.of(
                row(NONE, ABSENT, NEW, NOT_ASKED, CREATE),
                row(FILLING, ABSENT, NEW, NOT_ASKED),
                row(READY, ABSENT, NEW, NOT_ASKED, DEFINE, START),
                row(READY, OFF, NEW, NOT_ASKED, DEFINE, START),
                row(READY, ended(End.DESTROYED), NEW, NOT_ASKED, DEFINE, START),
                row(READY, ACTIVE, NEW, NOT_ASKED, STARTED_NOW),
                row(READY, ACTIVE, STARTED, NOT_ASKED),
                row(READY, PAUSED, STARTED, NOT_ASKED),
                // its host was rebooted, or someone removed its domain
                row(READY, OFF, STARTED, NOT_ASKED, DEFINE, START),
                row(READY, ABSENT, STARTED, NOT_ASKED, DEFINE, START),
                // the run ended by itself
                row(READY, ended(End.POWERED_OFF), STARTED, NOT_ASKED, new RecordPoweredOff()),
                row(READY, ended(End.DESTROYED), STARTED, NOT_ASKED, new RecordPoweredOff()),
                row(READY, ended(End.CRASHED), STARTED, NOT_ASKED, new RecordCrash()),
                // asked to run while it was stopping
                row(READY, ACTIVE, NEW, WITHIN_GRACE, BUTTON),
                row(READY, ACTIVE, NEW, OVERDUE, DESTROY, STOPPED_NOW),
                row(READY, ended(End.POWERED_OFF), NEW, WITHIN_GRACE, STOPPED_NOW),
                row(READY, ABSENT, NEW, OVERDUE, STOPPED_NOW),
                // without the host, what needs no host is done
                row(NONE, UNKNOWN, STARTED, NOT_ASKED, CREATE),
                row(READY, UNKNOWN, STARTED, WITHIN_GRACE));
    }

    @ParameterizedTest
    @MethodSource("running")
    void a_machine_that_is_to_run(
            VolumeState volume, DomainState domain, boolean started, Shutdown shutdown, List<Action> steps) {
        assertThat(plan(RUNNING, AUTO, volume, domain, NO_KVM, started, shutdown))
                .isEqualTo(steps);
    }

    static Stream<Arguments> stopped() {
        return Stream.of(
                row(NONE, ABSENT, NEW, NOT_ASKED, CREATE),
                row(FILLING, ABSENT, NEW, NOT_ASKED),
                row(READY, ABSENT, NEW, NOT_ASKED),
                row(READY, OFF, NEW, NOT_ASKED),
                row(READY, ACTIVE, STARTED, NOT_ASKED, BUTTON),
                row(READY, ACTIVE, STARTED, WITHIN_GRACE, BUTTON),
                row(READY, PAUSED, STARTED, OVERDUE, DESTROY, STOPPED_NOW),
                row(READY, ended(End.POWERED_OFF), STARTED, WITHIN_GRACE, STOPPED_NOW),
                row(READY, ended(End.CRASHED), STARTED, NOT_ASKED, STOPPED_NOW),
                row(READY, UNKNOWN, STARTED, WITHIN_GRACE));
    }

    @ParameterizedTest
    @MethodSource("stopped")
    void a_machine_that_is_to_stop(
            VolumeState volume, DomainState domain, boolean started, Shutdown shutdown, List<Action> steps) {
        assertThat(plan(STOPPED, AUTO, volume, domain, NO_KVM, started, shutdown))
                .isEqualTo(steps);
    }

    static Stream<Arguments> forceStopped() {
        return Stream.of(
                row(READY, ACTIVE, STARTED, NOT_ASKED, DESTROY, STOPPED_NOW),
                row(READY, ACTIVE, STARTED, WITHIN_GRACE, DESTROY, STOPPED_NOW),
                row(READY, ended(End.DESTROYED), STARTED, WITHIN_GRACE, STOPPED_NOW),
                row(READY, OFF, NEW, NOT_ASKED));
    }

    @ParameterizedTest
    @MethodSource("forceStopped")
    void a_machine_that_is_to_stop_at_once(
            VolumeState volume, DomainState domain, boolean started, Shutdown shutdown, List<Action> steps) {
        assertThat(plan(FORCE_STOPPED, AUTO, volume, domain, NO_KVM, started, shutdown))
                .isEqualTo(steps);
    }

    static Stream<Arguments> deleted() {
        return Stream.of(
                row(NONE, ABSENT, NEW, NOT_ASKED, FORGET),
                row(FILLING, ABSENT, NEW, NOT_ASKED, DELETE_VOLUME, FORGET),
                row(READY, ABSENT, NEW, NOT_ASKED, DELETE_VOLUME, FORGET),
                row(READY, OFF, STARTED, NOT_ASKED, UNDEFINE, DELETE_VOLUME, FORGET),
                row(READY, ACTIVE, STARTED, NOT_ASKED, DESTROY, UNDEFINE, DELETE_VOLUME, FORGET),
                row(READY, ACTIVE, STARTED, WITHIN_GRACE, DESTROY, UNDEFINE, DELETE_VOLUME, FORGET),
                row(NONE, OFF, NEW, NOT_ASKED, UNDEFINE, FORGET),
                // a domain may still use the volume
                row(READY, UNKNOWN, STARTED, NOT_ASKED));
    }

    @ParameterizedTest
    @MethodSource("deleted")
    void a_machine_that_is_to_go(
            VolumeState volume, DomainState domain, boolean started, Shutdown shutdown, List<Action> steps) {
        assertThat(plan(DELETED, KVM, volume, domain, NO_KVM, started, shutdown))
                .isEqualTo(steps);
    }

    static Stream<Arguments> accelerators() {
        return Stream.of(
                arguments(AUTO, KVM_USABLE, List.of(new DefineDomain(Accelerator.KVM), START)),
                arguments(AUTO, NO_KVM, List.of(new DefineDomain(Accelerator.TCG), START)),
                arguments(TCG, KVM_USABLE, List.of(new DefineDomain(Accelerator.TCG), START)),
                arguments(TCG, NO_KVM, List.of(new DefineDomain(Accelerator.TCG), START)),
                arguments(KVM, KVM_USABLE, List.of(new DefineDomain(Accelerator.KVM), START)),
                arguments(KVM, NO_KVM, List.of()));
    }

    @ParameterizedTest
    @MethodSource("accelerators")
    void the_accelerator_is_never_a_silent_second_best(AcceleratorRequest request, KvmSupport kvm, List<Action> steps) {
        assertThat(plan(RUNNING, request, READY, ABSENT, kvm, NEW, NOT_ASKED)).isEqualTo(steps);
    }

    private static List<Action> plan(
            DesiredState desired,
            AcceleratorRequest request,
            VolumeState volume,
            DomainState domain,
            KvmSupport kvm,
            boolean started,
            Shutdown shutdown) {
        MachineSpec spec = MachineSpec.parse("web", "vms/debian:12", 1, 512L << 20, request)
                .withDesired(desired);
        return MachinePlan.plan(spec, new Observed(volume, domain, kvm, started, shutdown));
    }

    private static DomainState ended(End end) {
        return new Inactive(end);
    }

    private static Arguments row(
            VolumeState volume, DomainState domain, boolean started, Shutdown shutdown, Action... steps) {
        return arguments(volume, domain, started, shutdown, List.of(steps));
    }
}
