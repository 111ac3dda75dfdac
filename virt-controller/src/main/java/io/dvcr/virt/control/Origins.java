package io.dvcr.virt.control;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.virt.api.DataSource;
import io.dvcr.virt.api.ImageStatus;
import io.dvcr.virt.api.Kinds;
import io.dvcr.virt.api.VirtualMachineDiskSpec;
import io.dvcr.virt.api.VirtualMachineDiskStatus;
import io.dvcr.virt.resource.Key;
import io.dvcr.virt.resource.Resource;
import io.dvcr.virt.resource.ResourceType;
import io.dvcr.virt.runtime.Device;
import io.dvcr.virt.runtime.ImageDescription;
import io.dvcr.virt.runtime.ImageRegistry.StoredImage;
import io.dvcr.virt.runtime.Origin;
import io.dvcr.virt.runtime.Volumes.Volume;
import java.io.IOException;
import java.util.Optional;

/** Finds out where content is to come from, as things are now. */
final class Origins {
    private final Parts parts;
    private final DiskUse use;

    Origins(Parts parts, DiskUse use) {
        this.parts = parts;
        this.use = use;
    }

    /** @param namespace of the resource that is to be made */
    Origin of(DataSource source, Optional<String> namespace) throws IOException {
        return switch (source.type()) {
            case HTTP -> new Origin.External();
            case Upload -> new Origin.Upload();
            case ContainerImage ->
                containerImage(source.containerImage().orElseThrow().image());
            case VirtualMachineImage ->
                image(Kinds.IMAGE, References.key(source.virtualMachineImage().orElseThrow(), namespace));
            case ClusterVirtualMachineImage ->
                image(
                        Kinds.CLUSTER_IMAGE,
                        Key.ofCluster(source.clusterVirtualMachineImage()
                                .orElseThrow()
                                .name()));
            case VirtualMachineDisk ->
                disk(References.key(source.virtualMachineDisk().orElseThrow(), namespace));
        };
    }

    /**
     * Begins to make an image of the volume that {@code source} is, unless somebody has begun to write to it.
     *
     * @param namespace of the resource that is to be made
     */
    void push(DataSource source, Optional<String> namespace, String target, Runnable changed) throws IOException {
        parts.opening().lock();
        try {
            if (of(source, namespace) instanceof Origin.Volume volume) {
                parts.pushes().begin(volume.path(), target, changed);
            }
        } finally {
            parts.opening().unlock();
        }
    }

    private Origin containerImage(String name) throws IOException {
        Optional<String> own = parts.registry().ownImage(name);
        if (own.isEmpty()) {
            return new Origin.External();
        }
        try {
            Optional<StoredImage> stored = parts.registry().find(own.get());
            return stored.isPresent()
                    ? new Origin.Image(stored.get().description(), "")
                    : new Origin.NotReady("ImageNotFound", "the registry has no image " + own.get());
        } catch (RegistryException e) {
            return new Origin.NotReady("ImageNotUsable", String.valueOf(e.getMessage()));
        }
    }

    /** The image that a resource is. */
    <S extends Record> Origin image(ResourceType<S, ImageStatus> type, Key key) throws IOException {
        Optional<Resource<S, ImageStatus>> found = parts.resources().find(type, key);
        String what = type.kind() + " " + key;
        if (found.isEmpty()) {
            return new Origin.NotReady(type.kind() + "NotFound", "there is no " + what);
        }
        ImageStatus status = found.get().status();
        if (found.get().isTerminating() || status.phase() != ImageStatus.Phase.Ready) {
            return new Origin.NotReady(type.kind() + "NotReady", what + " is " + status.phase());
        }
        return new Origin.Image(description(found.get()), found.get().uid());
    }

    /** @throws IllegalStateException if the status of an image that is ready lacks what each has */
    static ImageDescription description(Resource<?, ImageStatus> image) {
        ImageStatus status = image.status();
        String digest = status.target().flatMap(ImageStatus.Target::digest).orElseThrow();
        long bytes = Long.parseLong(status.size().orElseThrow().unpackedBytes());
        return new ImageDescription(Names.reference(image), Digest.parse(digest), bytes, status.cdrom());
    }

    private Origin disk(Key key) throws IOException {
        Optional<Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus>> found =
                parts.resources().find(Kinds.DISK, key);
        if (found.isEmpty()) {
            return new Origin.NotReady("VirtualMachineDiskNotFound", "there is no VirtualMachineDisk " + key);
        }
        Resource<VirtualMachineDiskSpec, VirtualMachineDiskStatus> disk = found.get();
        Volume volume = parts.volumes().find(disk.uid());
        if (disk.isTerminating() || !(volume instanceof Volume.Ready ready)) {
            return new Origin.NotReady(
                    "VirtualMachineDiskNotReady", disk + " is " + disk.status().phase());
        }
        if (ready.device().format() != Device.Format.RAW) {
            return new Origin.NotReady(
                    "VolumeIsOverlay",
                    disk + " lies over its image (storage class overlay): images are made of disks of class file");
        }
        Optional<String> writer = use.writer(disk);
        return writer.isPresent()
                ? new Origin.NotReady(
                        "VirtualMachineDiskInUse", disk + " is written to by " + writer.get() + ": stop that first")
                : new Origin.Volume(ready.device().path(), disk.uid());
    }
}
