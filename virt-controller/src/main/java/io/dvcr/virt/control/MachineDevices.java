package io.dvcr.virt.control;

import io.dvcr.virt.api.BlockDevice;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineDiskSpec;
import io.dvcr.virt.api.VirtualMachineDiskStatus;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState.NotReady;
import io.dvcr.virt.plan.attachment.AttachmentObserved.DeviceState.Ready;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.io.IOException;
import java.util.Optional;

/** Finds the volumes that are the devices of machines; of images, it has copies made. */
final class MachineDevices {
    private final Parts parts;
    private final DiskUse use;
    private final Origins origins;

    MachineDevices(Parts parts) {
        this.parts = parts;
        this.use = new DiskUse(parts);
        this.origins = new Origins(parts, use);
    }

    /** The resource that a machine's device is; empty if there is none. */
    Optional<String> uid(BlockDevice device, Key machine) throws IOException {
        return find(device, machine).map(Resource::uid);
    }

    private Optional<? extends Resource<?, ?>> find(BlockDevice device, Key machine) throws IOException {
        return parts.resources()
                .find(
                        References.typeOf(device.type()),
                        device.key(machine.namespace().orElse("")));
    }

    /**
     * Whether the machine can have the device now.
     *
     * @param changed called when what it waits for here may have come
     */
    DeviceState find(BlockDevice device, Key machine, Runnable changed) throws IOException {
        Key key = device.key(machine.namespace().orElse(""));
        return switch (device.type()) {
            case VirtualMachineDisk -> disk(key, machine);
            case VirtualMachineImage -> image(origins.image(Kinds.IMAGE, key), device, changed);
            case ClusterVirtualMachineImage -> image(origins.image(Kinds.CLUSTER_IMAGE, key), device, changed);
        };
    }

    private DeviceState disk(Key key, Key machine) throws IOException {
        Optional<Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus>> found =
                parts.resources().find(Kinds.DISK, key);
        if (found.isEmpty()) {
            return new NotReady("VirtualMachineDiskNotFound", "there is no VirtualMachineDisk " + key);
        }
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = found.get();
        Volume volume = parts.volumes().find(disk.uid());
        boolean isUsable = disk.status().capacity().isPresent() && !disk.isTerminating();
        if (!isUsable || !(volume instanceof Volume.Ready ready)) {
            return new NotReady(
                    "VirtualMachineDiskNotReady", disk + " is " + disk.status().phase());
        }
        Optional<String> writer = use.writerBesides(Item.of(disk), disk.uid(), Optional.of(machine));
        if (writer.isPresent()) {
            return new NotReady("VirtualMachineDiskInUse", disk + " is in use by " + writer.get());
        }
        Device device = ready.device();
        if (parts.pushes().isReading(device.path())) {
            return new NotReady("VirtualMachineDiskBeingRead", "an image is being made of " + disk);
        }
        return new Ready(new Device(disk.uid(), device.path(), device.format(), false, false));
    }

    private DeviceState image(Origin origin, BlockDevice device, Runnable changed) throws IOException {
        return switch (origin) {
            case Origin.Image image -> copy(image.image(), image.uid(), device, changed);
            case Origin.NotReady(var reason, var message) -> new NotReady(reason, message);
            case Origin.External _, Origin.Upload _, Origin.Volume _, Origin.Blank _ ->
                throw new IllegalStateException("an image is no " + origin);
        };
    }

    /** All machines share one copy of an image. */
    private DeviceState copy(ImageDescription image, String uid, BlockDevice device, Runnable changed)
            throws IOException {
        String volume = image.digest().toString();
        return switch (parts.volumes().find(volume)) {
            case Volume.Ready ready ->
                new Ready(new Device(uid, ready.device().path(), ready.device().format(), true, image.cdrom()));
            case Volume.Filling filling ->
                new NotReady("ImageBeingCopied", "the host has " + filling.percent() + " % of " + device);
            case Volume.Absent _, Volume.Failed _ -> {
                parts.volumes()
                        .createFromImage(volume, Optional.empty(), image, image.virtualSizeBytes(), true, changed);
                yield new NotReady("ImageBeingCopied", "the host begins to copy " + device);
            }
        };
    }
}
