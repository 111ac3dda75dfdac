package io.dvcr.importers.job;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.WatchedSink;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.format.LayoutProbe;
import io.dvcr.converters.format.PassingDisk;
import io.dvcr.converters.qemu.QemuNbd;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * From an image file that streams by to its disk: it is inspected while it comes in, cut into chunks and stored. A disk
 * that can be read in order is never written to scratch; any other is, as it came, and its data is then read through
 * {@code qemu-nbd}, never as a raw disk. Thread-safe.
 */
final class DiskPass {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final QemuNbd qemu;
    private final Path scratch;

    DiskPass(QemuNbd qemu, Path scratch) {
        this.qemu = qemu;
        this.scratch = scratch;
    }

    /**
     * Gives {@code writer} the disk in {@code source}, to its end.
     *
     * @param length of {@code source}, if it is known
     * @param inspector sees the bytes of {@code source} as they pass
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     */
    PassedDisk run(
            InputStream source, OptionalLong length, ImageInspector inspector, DiskSink writer, ProgressMeter meter)
            throws IOException {
        LayoutProbe probe = new LayoutProbe(writer);
        byte[] head = source.readNBytes(ImageInspector.HEAD_BYTES);
        boolean plain = inspector
                .verdict()
                .map(ImageFormat::sequential)
                .orElseGet(() -> inspector.finish().plain());
        ImageInfo info;
        if (plain) {
            if (length.isPresent()) {
                probe.expect(length.getAsLong());
            }
            info = stream(head, source, inspector, probe);
        } else if (inspector.passing().isPresent()) {
            info = pass(inspector.passing().get(), head, source, inspector, probe);
        } else {
            info = convert(head, source, inspector, probe, meter);
        }
        return new PassedDisk(info, probe.layout());
    }

    private static ImageInfo pass(
            PassingDisk disk, byte[] head, InputStream source, ImageInspector inspector, DiskSink writer)
            throws IOException {
        InputStream file = new SequenceInputStream(new ByteArrayInputStream(head), source);
        disk.read(new BufferedInputStream(file, BUFFER_BYTES), writer);
        return inspector.finish();
    }

    private static ImageInfo stream(byte[] head, InputStream source, ImageInspector inspector, DiskSink writer)
            throws IOException {
        PlainFile file = new PlainFile(writer);
        file.take(head, source);
        ImageInfo info = inspector.finish();
        file.finish(info.virtualSizeBytes());
        return info;
    }

    private ImageInfo convert(
            byte[] head, InputStream source, ImageInspector inspector, DiskSink writer, ProgressMeter meter)
            throws IOException {
        meter.conversionFollows();
        try (ScratchFile file = new ScratchFile(scratch)) {
            try (OutputStream spool = Files.newOutputStream(file.path())) {
                spool.write(head);
                byte[] buffer = new byte[BUFFER_BYTES];
                int read;
                while ((read = source.readNBytes(buffer, 0, buffer.length)) > 0) {
                    spool.write(buffer, 0, read);
                }
            }
            ImageInfo info = inspector.finish();
            try (RandomAccessDisk disk = qemu.open(file.path())) {
                DiskCopy.copy(disk, new WatchedSink(writer, passed -> meter.converted(passed, disk.size())));
            }
            return info;
        }
    }
}
