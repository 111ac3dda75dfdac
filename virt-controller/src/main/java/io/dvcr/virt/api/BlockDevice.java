package io.dvcr.virt.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.dvcr.virt.resource.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A disk or an image that a machine has. Exactly the block that {@code type} names is there. */
public record BlockDevice(
        @JsonPropertyDescription("Which of the blocks below names the device. Images are read-only.")
        Type type,

        @JsonPropertyDescription("A VirtualMachineDisk of the machine's namespace.")
        Optional<Name> virtualMachineDisk,

        @JsonPropertyDescription("A VirtualMachineImage of the machine's namespace.")
        Optional<Name> virtualMachineImage,

        @JsonPropertyDescription("A ClusterVirtualMachineImage.")
        Optional<Name> clusterVirtualMachineImage) {

    public enum Type {
        VirtualMachineDisk,
        VirtualMachineImage,
        ClusterVirtualMachineImage
    }

    /** A reference. */
    public record Name(String name) {}

    public BlockDevice {
        List<Type> given = new ArrayList<>();
        virtualMachineDisk.ifPresent(_ -> given.add(Type.VirtualMachineDisk));
        virtualMachineImage.ifPresent(_ -> given.add(Type.VirtualMachineImage));
        clusterVirtualMachineImage.ifPresent(_ -> given.add(Type.ClusterVirtualMachineImage));
        if (!given.equals(List.of(type))) {
            throw new IllegalArgumentException("type " + type + " takes the block of its name and no other");
        }
    }

    public static BlockDevice disk(String name) {
        return new BlockDevice(
                Type.VirtualMachineDisk, Optional.of(new Name(name)), Optional.empty(), Optional.empty());
    }

    public static BlockDevice image(String name) {
        return new BlockDevice(
                Type.VirtualMachineImage, Optional.empty(), Optional.of(new Name(name)), Optional.empty());
    }

    public static BlockDevice clusterImage(String name) {
        return new BlockDevice(
                Type.ClusterVirtualMachineImage, Optional.empty(), Optional.empty(), Optional.of(new Name(name)));
    }

    public String name() {
        return virtualMachineDisk
                .or(() -> virtualMachineImage)
                .or(() -> clusterVirtualMachineImage)
                .orElseThrow()
                .name();
    }

    /** Of the resource that is meant by a machine in {@code namespace}. */
    public Key key(String namespace) {
        return type == Type.ClusterVirtualMachineImage ? Key.ofCluster(name()) : Key.of(namespace, name());
    }

    /** Such as {@code VirtualMachineDisk data}. */
    @Override
    public String toString() {
        return type + " " + name();
    }
}
