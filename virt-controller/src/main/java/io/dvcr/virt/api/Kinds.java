package io.dvcr.virt.api;

import io.dvcr.virt.resource.Column;
import io.dvcr.virt.resource.ResourceType;
import java.util.List;
import java.util.Optional;

/** Every kind of resource that there is. */
public final class Kinds {
    private static final String GROUP = "virtualization.deckhouse.io";
    private static final String VERSION = "v1alpha2";

    /** Of a VirtualMachine: what it is to run on, {@code kvm}, {@code tcg} or {@code auto}. */
    public static final String ACCELERATOR_ANNOTATION = "virtualization.dvcr.io/accelerator";

    private static final List<Column> OF_IMAGES = List.of(
            Column.of("PHASE", ".status.phase"),
            Column.of("CDROM", ".status.cdrom"),
            Column.of("PROGRESS", ".status.progress"),
            Column.wide("STOREDSIZE", ".status.size.stored"),
            Column.wide("UNPACKEDSIZE", ".status.size.unpacked"),
            Column.wide("REGISTRY URL", ".status.target.registryURL"));

    public static final ResourceType<ClusterVirtualMachineImageSpec, ImageStatus> CLUSTER_IMAGE = new ResourceType<>(
            GROUP,
            VERSION,
            "ClusterVirtualMachineImage",
            "clustervirtualmachineimages",
            List.of("cvmi", "cvmis"),
            false,
            ClusterVirtualMachineImageSpec.class,
            ImageStatus.class,
            ImageStatus.EMPTY,
            false,
            "An image in the registry that machines and disks of every namespace may use.",
            OF_IMAGES);

    public static final ResourceType<VirtualMachineImageSpec, ImageStatus> IMAGE = new ResourceType<>(
            GROUP,
            VERSION,
            "VirtualMachineImage",
            "virtualmachineimages",
            List.of("vmi", "vmis"),
            true,
            VirtualMachineImageSpec.class,
            ImageStatus.class,
            ImageStatus.EMPTY,
            false,
            "An image in the registry that machines and disks of its namespace may use.",
            OF_IMAGES);

    public static final ResourceType<VirtualMachineDiskSpec, VirtualMachineDiskStatus> DISK = new ResourceType<>(
            GROUP,
            VERSION,
            "VirtualMachineDisk",
            "virtualmachinedisks",
            List.of("vmd", "vmds"),
            true,
            VirtualMachineDiskSpec.class,
            VirtualMachineDiskStatus.class,
            VirtualMachineDiskStatus.EMPTY,
            false,
            "A disk that one machine at a time may write to, blank or made of an image.",
            List.of(
                    Column.of("PHASE", ".status.phase"),
                    Column.of("CAPACITY", ".status.capacity"),
                    Column.of("PROGRESS", ".status.progress"),
                    Column.wide("STORAGECLASS", ".status.storageClassName"),
                    Column.wide("VOLUME", ".status.target.path"),
                    Column.wide("INUSE", ".status.attachedToVirtualMachines[*].name")));

    public static final ResourceType<VirtualMachineBlockDeviceAttachmentSpec, VirtualMachineBlockDeviceAttachmentStatus>
            ATTACHMENT = new ResourceType<>(
                    GROUP,
                    VERSION,
                    "VirtualMachineBlockDeviceAttachment",
                    "virtualmachineblockdeviceattachments",
                    List.of("vmbda", "vmbdas"),
                    true,
                    VirtualMachineBlockDeviceAttachmentSpec.class,
                    VirtualMachineBlockDeviceAttachmentStatus.class,
                    VirtualMachineBlockDeviceAttachmentStatus.EMPTY,
                    false,
                    "Gives a disk or an image to a machine, also while it runs.",
                    List.of(
                            Column.of("PHASE", ".status.phase"),
                            Column.of("VIRTUALMACHINE", ".spec.virtualMachineName"),
                            Column.wide("BLOCKDEVICE", ".spec.blockDevice.type")));

    public static final ResourceType<VirtualMachineSpec, VirtualMachineStatus> MACHINE = new ResourceType<>(
            GROUP,
            VERSION,
            "VirtualMachine",
            "virtualmachines",
            List.of("vm", "vms"),
            true,
            VirtualMachineSpec.class,
            VirtualMachineStatus.class,
            VirtualMachineStatus.EMPTY,
            false,
            "A virtual machine.",
            List.of(
                    Column.of("PHASE", ".status.phase"),
                    Column.age("UPTIME", ".status.run.startedAt"),
                    Column.wide("CORES", ".spec.cpu.cores"),
                    Column.wide("MEMORY", ".spec.memory.size"),
                    Column.wide("ACCELERATOR", ".status.accelerator"),
                    Column.wide("NEED RESTART", ".status.conditions[AwaitingRestartToApplyConfiguration]"),
                    Column.wide("NODE", ".status.nodeName"),
                    Column.of("IPADDRESS", ".status.ipAddress")));

    public static final ResourceType<VirtualMachineOperationSpec, VirtualMachineOperationStatus> OPERATION =
            new ResourceType<>(
                    GROUP,
                    VERSION,
                    "VirtualMachineOperation",
                    "virtualmachineoperations",
                    List.of("vmop", "vmops"),
                    true,
                    VirtualMachineOperationSpec.class,
                    VirtualMachineOperationStatus.class,
                    VirtualMachineOperationStatus.EMPTY,
                    false,
                    "Something that is done to a machine once.",
                    List.of(
                            Column.of("PHASE", ".status.phase"),
                            Column.of("TYPE", ".spec.type"),
                            Column.of("VIRTUALMACHINE", ".spec.virtualMachineName")));

    public static final ResourceType<SecretContent, NoStatus> SECRET = new ResourceType<>(
            "",
            "v1",
            "Secret",
            "secrets",
            List.of(),
            true,
            SecretContent.class,
            NoStatus.class,
            NoStatus.EMPTY,
            true,
            "Values that not everybody is to see.",
            List.of(Column.of("TYPE", ".type")));

    /** In the order in which a list of everything shows them. */
    public static final List<ResourceType<?, ?>> ALL =
            List.of(CLUSTER_IMAGE, IMAGE, DISK, MACHINE, ATTACHMENT, OPERATION, SECRET);

    private Kinds() {}

    /** The kind that people mean by {@code word}: its kind, plural or short name. */
    public static Optional<ResourceType<?, ?>> called(String word) {
        return ALL.stream().filter(type -> type.isCalled(word)).findFirst();
    }

    /** The kind that a manifest names. */
    public static Optional<ResourceType<?, ?>> of(String apiVersion, String kind) {
        return ALL.stream()
                .filter(type ->
                        type.apiVersion().equals(apiVersion) && type.kind().equals(kind))
                .findFirst();
    }
}
