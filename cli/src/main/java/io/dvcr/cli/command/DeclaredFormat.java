package io.dvcr.cli.command;

import io.dvcr.converters.format.ImageFormat;

/** What a user may say that an image is, spelt as on the command line. */
enum DeclaredFormat {
    raw(ImageFormat.RAW),
    qcow2(ImageFormat.QCOW2),
    vmdk(ImageFormat.VMDK),
    vdi(ImageFormat.VDI),
    vhd(ImageFormat.VHD),
    vhdx(ImageFormat.VHDX),
    iso(ImageFormat.ISO);

    private final ImageFormat format;

    DeclaredFormat(ImageFormat format) {
        this.format = format;
    }

    ImageFormat format() {
        return format;
    }
}
