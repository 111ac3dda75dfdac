package io.dvcr.importers.job;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.qemu.QemuNbd;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.source.HttpDownload;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.storage.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The one pass of an import: the source is inspected while it comes in, cut into chunks and stored. A disk that can be
 * read in order is never written to scratch; any other is, as it was served, and its data is then read through
 * {@code qemu-nbd}, never as a raw disk. Thread-safe.
 */
final class ImportPipeline {
    private static final int BUFFER_BYTES = 256 * 1024;

    private final HttpDownloader downloader;
    private final ImageStore images;
    private final QemuNbd qemu;
    private final Path scratch;
    private final Clock clock;
    private final ImportLimits limits;

    ImportPipeline(
            HttpDownloader downloader,
            ImageStore images,
            QemuNbd qemu,
            Path scratch,
            Clock clock,
            ImportLimits limits) {
        this.downloader = downloader;
        this.images = images;
        this.qemu = qemu;
        this.scratch = scratch;
        this.clock = clock;
        this.limits = limits;
    }

    /** @throws io.dvcr.storage.RegistryException if the import would come to nothing, whatever the source */
    void requireWritable(ImportRequest request) throws IOException {
        images.requireWritable(request.repository(), request.tag());
    }

    /**
     * Imports what {@code request} asks. The tag changes only when all is well.
     *
     * @throws io.dvcr.importers.source.SourceException if the source cannot be read
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     * @throws io.dvcr.storage.RegistryException if the repository has no room for it, or the tag stays what it is
     */
    ImageDetails run(ImportRequest request, ProgressMeter meter) throws IOException {
        images.requireWritable(request.repository(), request.tag());
        ImageInspector inspector = new ImageInspector(limits.maxVirtualSizeBytes());
        try (HttpDownload download = downloader.open(request.source());
                ObservedSource source = new ObservedSource(
                        download, inspector, request.source().checksum(), meter, limits.maxVirtualSizeBytes());
                ImageDraft draft = images.draft(request.repository());
                DiskWriter writer = new DiskWriter(draft, DiskWriterOptions.defaults())) {
            meter.receiving(download.length());
            byte[] head = source.readNBytes(ImageInspector.HEAD_BYTES);
            ImageFormat format =
                    inspector.verdict().orElseGet(() -> inspector.finish().format());
            if (format.sequential()) {
                stream(head, source, writer);
            } else {
                convert(head, source, writer, meter);
            }
            ImageInfo info = inspector.finish();
            Digest sourceDigest = source.verifiedDigest();
            WrittenDisk written = writer.finish();
            meter.publishing();
            return draft.publish(request.tag(), written, config(info, written, sourceDigest));
        }
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
                source.transferTo(spool);
            }
            try (RandomAccessDisk disk = qemu.open(file.path())) {
                DiskCopy.copy(disk, new MeteredSink(writer, disk.size(), meter));
            }
        }
    }

    private DiskConfig config(ImageInfo info, WrittenDisk written, Digest sourceDigest) {
        return new DiskConfig(
                written.virtualSize(),
                written.usedSize(),
                info.format().toString(),
                Optional.of(sourceDigest),
                info.cdrom(),
                Optional.empty(),
                Optional.empty(),
                clock.instant());
    }

    /** Tells the meter what passes. */
    private static final class MeteredSink implements DiskSink {
        private final DiskSink target;
        private final long size;
        private final ProgressMeter meter;
        private long passed;

        MeteredSink(DiskSink target, long size, ProgressMeter meter) {
            this.target = target;
            this.size = size;
            this.meter = meter;
        }

        @Override
        public void data(ByteBuffer bytes) throws IOException {
            int length = bytes.remaining();
            target.data(bytes);
            advance(length);
        }

        @Override
        public void zeros(long length) throws IOException {
            target.zeros(length);
            advance(length);
        }

        private void advance(long length) {
            passed += length;
            meter.converted(passed, size);
        }
    }
}
