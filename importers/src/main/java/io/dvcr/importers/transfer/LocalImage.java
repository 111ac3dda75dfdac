package io.dvcr.importers.transfer;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RawDisk;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A disk image in a local file, which has passed inspection. */
record LocalImage(Path file, ImageInfo info) {

    /**
     * @param declared what the file has to be
     * @throws io.dvcr.converters.format.ImageException if it is refused
     */
    static LocalImage inspect(Path file, Optional<ImageFormat> declared) throws IOException {
        long max = ImageInspector.DEFAULT_MAX_VIRTUAL_SIZE_BYTES;
        ImageInspector inspector =
                declared.map(format -> ImageInspector.expecting(format, max)).orElseGet(() -> new ImageInspector(max));
        return new LocalImage(file, inspector.inspectFile(file));
    }

    RandomAccessDisk open(DiskPush.Qemu qemu) throws IOException {
        return info.plain()
                ? RawDisk.open(file, info.virtualSizeBytes())
                : qemu.find().open(file);
    }
}
