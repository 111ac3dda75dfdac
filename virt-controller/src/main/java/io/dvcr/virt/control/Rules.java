package io.dvcr.virt.control;

import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.ImageStatus;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentSpec;
import io.dvcr.virt.api.VirtualMachineDiskSpec;
import io.dvcr.virt.api.VirtualMachineDiskStatus;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.resource.Quantity;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.Resources.Admission;

/** Which changes of a spec are not allowed. */
public final class Rules implements Admission {
    @Override
    public void update(Resource<?, ?> before, Resource<?, ?> after) {
        if (before.spec().equals(after.spec())) {
            return;
        }
        if (before.status() instanceof ImageStatus status && status.phase() == ImageStatus.Phase.Ready) {
            throw refused(after, "spec cannot be changed once the image is Ready");
        }
        switch (before.spec()) {
            case VirtualMachineOperationSpec _, VirtualMachineBlockDeviceAttachmentSpec _ ->
                throw refused(after, "spec cannot be changed");
            case VirtualMachineDiskSpec old
            when after.spec() instanceof VirtualMachineDiskSpec changed -> checkDisk(before, after, old, changed);
            default -> {}
        }
    }

    private static void checkDisk(
            Resource<?, ?> before, Resource<?, ?> after, VirtualMachineDiskSpec old, VirtualMachineDiskSpec changed) {
        boolean isMade = before.status() instanceof VirtualMachineDiskStatus status
                && status.capacity().isPresent();
        if (!old.dataSource().equals(changed.dataSource())) {
            throw refused(after, "spec.dataSource cannot be changed: delete the disk and make it again");
        }
        if (isMade && !old.storageClassName().equals(changed.storageClassName())) {
            throw refused(after, "spec.persistentVolumeClaim.storageClassName cannot be changed once the disk is made");
        }
        long now = before.status() instanceof VirtualMachineDiskStatus status
                ? status.capacity().map(size -> Quantity.parse(size).bytes()).orElse(0L)
                : 0L;
        changed.size().filter(size -> size.bytes() < now).ifPresent(size -> {
            throw refused(
                    after,
                    "spec.persistentVolumeClaim.size: a disk cannot shrink from " + Quantity.ofBytes(now) + " to "
                            + size);
        });
    }

    private static RegistryException refused(Resource<?, ?> resource, String why) {
        return new RegistryException(new RequestInvalid(
                resource.type().kind() + " \"" + resource.key().name() + "\" is invalid: " + why));
    }
}
