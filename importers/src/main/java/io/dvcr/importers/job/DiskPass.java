package io.dvcr.importers.job;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.WatchedSink;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.qemu.QemuNbd;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
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
    ImageInfo run(
            InputStream source, OptionalLong length, ImageInspector inspector, DiskSink writer, ProgressMeter meter)
            throws IOException {
        byte[] head = source.readNBytes(ImageInspector.HEAD_BYTES);
        ImageFormat format =
                inspector.verdict().orElseGet(() -> inspector.finish().format());
        if (format.sequential()) {
            if (length.isPresent()) {
                writer.expect(length.getAsLong());
            }
            stream(head, source, writer);
        } else {
            convert(head, source, writer, meter);
        }
        return inspector.finish();
    }

    /** What there is to say of the disk that was made. */
    static DiskConfig config(ImageInfo info, WrittenDisk written, Digest sourceDigest, Instant created) {
        return new DiskConfig(
                written.virtualSize(),
                written.usedSize(),
                info.format().toString(),
                Optional.of(sourceDigest),
                info.cdrom(),
                Optional.empty(),
                Optional.empty(),
                created);
    }

    private static void stream(byte[] head, InputStream source, DiskSink writer) throws IOException {
        writer.data(ByteBuffer.wrap(head));
        byte[] buffer = new byte[BUFFER_BYTES];
        int read;
        while ((read = source.readNBytes(buffer, 0, buffer.length)) > 0) {
            writer.data(ByteBuffer.wrap(buffer, 0, read));
        }
    }

    private void convert(byte[] head, InputStream source, DiskSink writer, ProgressMeter meter) throws IOException {
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
            try (RandomAccessDisk disk = qemu.open(file.path())) {
                DiskCopy.copy(disk, new WatchedSink(writer, passed -> meter.converted(passed, disk.size())));
            }
        }
    }
}
