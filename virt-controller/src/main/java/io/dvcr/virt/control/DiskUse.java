package io.dvcr.virt.control;

import io.dvcr.virt.api.ImageStatus;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentSpec;
import io.dvcr.virt.api.VirtualMachineDiskStatus;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.runtime.Domain;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Who uses a disk or image, by what the resources and the host say. */
final class DiskUse {
    private final Parts parts;

    DiskUse(Parts parts) {
        this.parts = parts;
    }

    /** The machine, if there is one, whose QEMU has the disk open, as {@code VirtualMachine default/web}. */
    Optional<String> writer(Resource<?, ?> disk) throws IOException {
        return writerBesides(Item.of(disk), disk.uid(), Optional.empty());
    }

    /** The same, of machines other than that of the key. */
    Optional<String> writerBesides(Item disk, String uid, Optional<Key> besides) throws IOException {
        for (Key key : machines(disk)) {
            if (Optional.of(key).equals(besides)) {
                continue;
            }
            var machine = parts.resources().find(Kinds.MACHINE, key);
            if (machine.isPresent()
                    && parts.hypervisor().find(UUID.fromString(machine.get().uid())) instanceof Domain.Active active
                    && active.devices().containsKey(uid)) {
                return Optional.of(machine.get().toString());
            }
        }
        return Optional.empty();
    }

    /** What cannot do without it: machines that name it, and what is being made of it. */
    List<String> users(Item device) throws IOException {
        List<String> users = new ArrayList<>();
        for (Key machine : machines(device)) {
            parts.resources().find(Kinds.MACHINE, machine).ifPresent(found -> users.add(found.toString()));
        }
        for (Item user : parts.index().naming(device)) {
            parts.resources()
                    .find(user.type(), user.key())
                    .filter(DiskUse::isBeingMade)
                    .ifPresent(found -> users.add(found.toString()));
        }
        return users;
    }

    private static boolean isBeingMade(Resource<?, ?> resource) {
        return switch (resource.status()) {
            case ImageStatus status -> status.phase() == ImageStatus.Phase.Provisioning;
            case VirtualMachineDiskStatus status -> status.phase() == VirtualMachineDiskStatus.Phase.Provisioning;
            default -> false;
        };
    }

    /** The machines that name it, themselves or by an attachment. */
    Set<Key> machines(Item device) throws IOException {
        Set<Key> machines = new TreeSet<>();
        for (Item user : parts.index().naming(device)) {
            if (user.type().equals(Kinds.MACHINE)) {
                machines.add(user.key());
            }
            if (user.type().equals(Kinds.ATTACHMENT)) {
                parts.resources()
                        .find(Kinds.ATTACHMENT, user.key())
                        .map(Resource::spec)
                        .map(VirtualMachineBlockDeviceAttachmentSpec::virtualMachineName)
                        .ifPresent(name -> machines.add(new Key(user.key().namespace(), name)));
            }
        }
        return machines;
    }
}
