package io.dvcr.virt.control;

import io.dvcr.virt.api.BlockDevice;
import io.dvcr.virt.api.ClusterVirtualMachineImageSpec;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.DataSource.ObjectName;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineBlockDeviceAttachmentSpec;
import io.dvcr.virt.api.VirtualMachineDiskSpec;
import io.dvcr.virt.api.VirtualMachineImageSpec;
import io.dvcr.virt.api.VirtualMachineOperationSpec;
import io.dvcr.virt.api.VirtualMachineSpec;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Which resources another one names. */
final class References {
    private References() {}

    static Set<Item> of(Resource<?, ?> resource) {
        Optional<String> namespace = resource.key().namespace();
        Set<Item> named = new HashSet<>();
        switch (resource.spec()) {
            case ClusterVirtualMachineImageSpec spec -> add(spec.dataSource(), namespace, named);
            case VirtualMachineImageSpec spec -> add(spec.dataSource(), namespace, named);
            case VirtualMachineDiskSpec spec -> spec.dataSource().ifPresent(source -> add(source, namespace, named));
            case VirtualMachineSpec spec -> {
                spec.blockDevices().forEach(device -> named.add(of(device, namespace.orElseThrow())));
                spec.provisioning()
                        .flatMap(VirtualMachineSpec.Provisioning::secretName)
                        .ifPresent(name -> named.add(new Item(Kinds.SECRET, new Key(namespace, name))));
            }
            case VirtualMachineBlockDeviceAttachmentSpec spec -> {
                named.add(new Item(Kinds.MACHINE, new Key(namespace, spec.virtualMachineName())));
                named.add(of(spec.blockDevice(), namespace.orElseThrow()));
            }
            case VirtualMachineOperationSpec spec ->
                named.add(new Item(Kinds.MACHINE, new Key(namespace, spec.virtualMachineName())));
            default -> {}
        }
        return named;
    }

    /** The resource that a machine in {@code namespace} means. */
    static Item of(BlockDevice device, String namespace) {
        return new Item(typeOf(device.type()), device.key(namespace));
    }

    static ResourceType<?, ?> typeOf(BlockDevice.Type type) {
        return switch (type) {
            case VirtualMachineDisk -> Kinds.DISK;
            case VirtualMachineImage -> Kinds.IMAGE;
            case ClusterVirtualMachineImage -> Kinds.CLUSTER_IMAGE;
        };
    }

    private static void add(DataSource source, Optional<String> namespace, Set<Item> named) {
        source.virtualMachineImage().ifPresent(name -> named.add(new Item(Kinds.IMAGE, key(name, namespace))));
        source.virtualMachineDisk().ifPresent(name -> named.add(new Item(Kinds.DISK, key(name, namespace))));
        source.clusterVirtualMachineImage()
                .ifPresent(name -> named.add(new Item(Kinds.CLUSTER_IMAGE, Key.ofCluster(name.name()))));
    }

    /** The resource that {@code name} means in a resource of {@code namespace}. */
    static Key key(ObjectName name, Optional<String> namespace) {
        return new Key(name.namespace().or(() -> namespace), name.name());
    }
}
