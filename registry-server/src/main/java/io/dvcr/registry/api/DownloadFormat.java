package io.dvcr.registry.api;

import io.dvcr.converters.qemu.OutputFormat;
import io.dvcr.importers.image.StoredImage;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import java.util.Locale;
import java.util.Optional;

/** The formats that images are converted to, as clients call them. */
final class DownloadFormat {
    private DownloadFormat() {}

    /** Empty if {@code name} is that of no format that has to be made. */
    static Optional<OutputFormat> named(String name) {
        return switch (name) {
            case "qcow2" -> Optional.of(OutputFormat.QCOW2);
            case "vmdk" -> Optional.of(OutputFormat.VMDK);
            case "vdi" -> Optional.of(OutputFormat.VDI);
            case "vhd" -> Optional.of(OutputFormat.VHD);
            case "vhdx" -> Optional.of(OutputFormat.VHDX);
            default -> Optional.empty();
        };
    }

    static String name(OutputFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    /** @throws RegistryException with {@link RequestInvalid} if {@code format} cannot hold the disk of {@code image} */
    static void requireHolds(OutputFormat format, StoredImage image) {
        if (image.details().virtualSize() > format.maxDiskBytes()) {
            throw new RegistryException(
                    new RequestInvalid("the disk has " + image.details().virtualSize() + " bytes: " + name(format)
                            + " holds at most " + format.maxDiskBytes()));
        }
    }
}
