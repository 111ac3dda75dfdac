package io.dvcr.converters.format;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A format of disk images that can be imported. */
public enum ImageFormat {
    /** The bytes of the disk, nothing else. Any file that carries no known signature is raw. */
    RAW(true),
    /** QEMU's format, versions 2 and 3: docs/interop/qcow2 in the QEMU sources. */
    QCOW2(false),
    /** VMware's, as one sparse file: Virtual Disk Format 5.0, monolithicSparse and streamOptimized. */
    VMDK(false),
    /** VirtualBox's, dynamic and fixed: its Storage/VDICore.h. */
    VDI(false),
    /** Virtual PC's, dynamic and fixed: Microsoft's Virtual Hard Disk Image Format Specification 1.0. */
    VHD(false),
    /** Hyper-V's, dynamic and fixed: [MS-VHDX]. */
    VHDX(false),
    /** ISO 9660, hybrid images with a partition table included: the bytes of an optical disc. */
    ISO(true);

    private final boolean sequential;

    ImageFormat(boolean sequential) {
        this.sequential = sequential;
    }

    /**
     * Whether the file is the disk, byte for byte, so that it can be taken as it streams by. So is a fixed {@link #VHD}
     * but for its last sector, by which alone it differs from {@link #RAW}.
     */
    public boolean sequential() {
        return sequential;
    }

    /** The format called {@code name} in lower case, as in {@code qcow2}; empty if there is none. */
    public static Optional<ImageFormat> named(String name) {
        return Arrays.stream(values()).filter(f -> f.toString().equals(name)).findFirst();
    }

    /** The name in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
