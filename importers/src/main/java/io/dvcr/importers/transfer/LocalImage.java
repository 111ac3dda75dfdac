package io.dvcr.importers.transfer;

import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.RawDisk;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.format.MappedDisk;
import io.dvcr.converters.format.MappedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk image in a local file, which has passed inspection.
 *
 * @param mapped how it is read; empty if it is the disk byte for byte
 */
record LocalImage(Path file, ImageInfo info, Optional<MappedDisk> mapped) {

    /**
     * @param declared what the file has to be
     * @throws io.dvcr.converters.format.ImageException if it is refused
     */
    static LocalImage inspect(Path file, Optional<ImageFormat> declared) throws IOException {
        long max = ImageInspector.DEFAULT_MAX_VIRTUAL_SIZE_BYTES;
        ImageInspector inspector =
                declared.map(format -> ImageInspector.expecting(format, max)).orElseGet(() -> new ImageInspector(max));
        ImageInfo info = inspector.inspectFile(file);
        return new LocalImage(file, info, inspector.mapped());
    }

    RandomAccessDisk open() throws IOException {
        return mapped.isPresent() ? MappedFile.open(file, mapped.get()) : RawDisk.open(file, info.virtualSizeBytes());
    }
}
