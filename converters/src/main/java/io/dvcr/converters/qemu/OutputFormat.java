package io.dvcr.converters.qemu;

import java.util.List;

/** A format that disks are converted to. */
public enum OutputFormat {
    QCOW2("-O", "qcow2"),
    /** Compressed with zlib: for every program that reads qcow2. */
    QCOW2_ZLIB("-O", "qcow2", "-c"),
    /** Compressed with zstd: smaller and faster, for QEMU 5.1 and later. */
    QCOW2_ZSTD("-O", "qcow2", "-c", "-o", "compression_type=zstd"),
    /** streamOptimized, compressed: what OVA files hold and vSphere imports. */
    VMDK("-O", "vmdk", "-o", "subformat=streamOptimized"),
    /** Dynamic, for VirtualBox. */
    VDI("-O", "vdi"),
    /** Dynamic, for Virtual PC and the first Hyper-V; of exactly the disk's size, which its geometry cannot say. */
    VHD(2040L << 30, "-O", "vpc", "-o", "subformat=dynamic,force_size=on"),
    /** Dynamic, for Hyper-V. */
    VHDX("-O", "vhdx", "-o", "subformat=dynamic");

    private final long maxDiskBytes;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> arguments;

    OutputFormat(String... arguments) {
        this(Long.MAX_VALUE, arguments);
    }

    OutputFormat(long maxDiskBytes, String... arguments) {
        this.maxDiskBytes = maxDiskBytes;
        this.arguments = List.of(arguments);
    }

    /** The largest disk that it can hold, where that is less than the largest there is. */
    public long maxDiskBytes() {
        return maxDiskBytes;
    }

    /** What tells {@code qemu-img convert} to make it. */
    List<String> arguments() {
        return arguments;
    }
}
