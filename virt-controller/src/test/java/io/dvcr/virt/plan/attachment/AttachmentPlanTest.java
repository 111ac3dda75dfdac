package io.dvcr.virt.plan.attachment;

import static org.assertj.core.api.Assertions.assertThat;

import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentStatus.Phase;
import io.dvcr.virt.plan.attachment.AttachmentAction.Attach;
import io.dvcr.virt.plan.attachment.AttachmentAction.Detach;
import io.dvcr.virt.plan.attachment.AttachmentAction.Release;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.Domain;
import io.dvcr.virt.runtime.Domain.Absent;
import io.dvcr.virt.runtime.Domain.Active;
import io.dvcr.virt.runtime.Domain.Activity;
import io.dvcr.virt.runtime.Domain.End;
import io.dvcr.virt.runtime.Domain.Inactive;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AttachmentPlanTest {
    private static final Device DEVICE = new Device("disk-uid", Path.of("/v"), Device.Format.RAW, false, false);
    private static final DeviceState READY = new DeviceState.Ready(DEVICE);
    private static final Domain WITHOUT = new Active(Activity.RUNNING, Map.of("other", "vda"));
    private static final Domain WITH = new Active(Activity.RUNNING, Map.of("disk-uid", "sda"));

    @Test
    void a_running_machine_is_given_the_device_once() {
        assertThat(plan(WITHOUT, READY)).containsExactly(new Attach(DEVICE));
        assertThat(plan(WITH, READY)).isEmpty();
        assertThat(told(WITH, READY)).isEqualTo(Phase.Attached);
    }

    @Test
    void it_waits_for_the_machine_and_for_the_device() {
        assertThat(plan(new Inactive(End.POWERED_OFF), READY)).isEmpty();
        assertThat(told(new Inactive(End.POWERED_OFF), READY)).isEqualTo(Phase.Pending);
        assertThat(plan(WITHOUT, new DeviceState.NotReady("X", "y"))).isEmpty();
        assertThat(told(WITHOUT, new DeviceState.NotReady("X", "y"))).isEqualTo(Phase.Pending);
        assertThat(told(WITHOUT, new DeviceState.Refused("X", "y"))).isEqualTo(Phase.Failed);
    }

    @Test
    void a_deleted_attachment_stays_until_the_guest_lets_the_device_go() {
        assertThat(deleting(WITH)).containsExactly(new Detach());
        assertThat(deleting(WITHOUT)).containsExactly(new Release());
        assertThat(deleting(new Absent())).containsExactly(new Release());
        assertThat(deleting(new Domain.Unknown("no libvirt"))).isEmpty();
    }

    private static List<AttachmentAction> plan(Domain domain, DeviceState device) {
        return AttachmentPlan.plan(new AttachmentObserved(false, true, true, domain, "disk-uid", device));
    }

    private static Phase told(Domain domain, DeviceState device) {
        return AttachmentTold.of(new AttachmentObserved(false, true, true, domain, "disk-uid", device))
                .phase();
    }

    private static List<AttachmentAction> deleting(Domain domain) {
        return AttachmentPlan.plan(new AttachmentObserved(true, true, true, domain, "disk-uid", READY));
    }
}
