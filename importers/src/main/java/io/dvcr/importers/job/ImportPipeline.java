package io.dvcr.importers.job;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.DiskSink;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.UnusablePackException;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInfo;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.converters.qemu.QemuNbd;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.source.HttpDownload;
import io.dvcr.importers.source.HttpDownloader;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one pass of an import: the source is inspected while it comes in, cut into chunks and stored. A disk that can be
 * read in order is never written to scratch; any other is, as it was served, and its data is then read through
 * {@code qemu-nbd}, never as a raw disk. Thread-safe.
 */
final class ImportPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(ImportPipeline.class);
    private static final int BUFFER_BYTES = 256 * 1024;

    private final HttpDownloader downloader;
    private final ImageStore images;
    private final QemuNbd qemu;
    private final Path scratch;
    private final ImportLimits limits;
    private final FaceSettings faces;

    ImportPipeline(
            HttpDownloader downloader,
            ImageStore images,
            QemuNbd qemu,
            Path scratch,
            ImportLimits limits,
            FaceSettings faces) {
        this.downloader = downloader;
        this.images = images;
        this.qemu = qemu;
        this.scratch = scratch;
        this.limits = limits;
        this.faces = faces;
    }

    /** @throws RegistryException if the import would come to nothing, whatever the source, or its base is not there */
    void requireWritable(ImportRequest request) throws IOException {
        images.requireWritable(request.repository(), request.tag());
        if (request.base().isPresent()) {
            images.get(request.base().get().repository(), request.base().get().reference());
        }
    }

    /**
     * Imports what {@code request} asks. The tag changes only when all is well.
     *
     * @param created what the image says of itself: when it was asked for, so that a job that is done once more after a
     *     crash makes the same manifests
     * @throws io.dvcr.importers.source.SourceException if the source cannot be read
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     * @throws RegistryException if the repository has no room for it, or the tag stays what it is
     */
    ImageDetails run(ImportRequest request, Instant created, ProgressMeter meter) throws IOException {
        images.requireWritable(request.repository(), request.tag());
        try (ImageDraft draft = images.draftOver(request.repository(), request.base())) {
            return run(request, created, draft, meter);
        } catch (UnusablePackException e) {
            return runAgain(request, created, meter, e);
        } catch (RegistryException e) {
            if (e.error() instanceof ManifestBlobUnknown) {
                return runAgain(request, created, meter, e);
            }
            throw e;
        }
    }

    /** Stores everything anew: something that was to be reused is damaged, or was deleted while the disk was written. */
    private ImageDetails runAgain(ImportRequest request, Instant created, ProgressMeter meter, Exception cause)
            throws IOException {
        LOG.atWarn()
                .addKeyValue("repository", request.repository())
                .setCause(cause)
                .log("an import is begun again, to reuse nothing");
        try (ImageDraft draft = images.draft(request.repository())) {
            return run(request, created, draft, meter);
        }
    }

    private ImageDetails run(ImportRequest request, Instant created, ImageDraft draft, ProgressMeter meter)
            throws IOException {
        ImageInspector inspector = new ImageInspector(limits.maxVirtualSizeBytes());
        try (HttpDownload download = downloader.open(request.source());
                ObservedSource source = new ObservedSource(
                        download, inspector, request.source().checksum(), meter, limits.maxVirtualSizeBytes());
                DiskWriter writer = draft.writer(DiskWriterOptions.defaults())) {
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
            return draft.publish(request.tag(), written, config(info, written, sourceDigest, created), faces(request));
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

    private FaceSettings faces(ImportRequest request) {
        return request.containerDisk().map(faces::withContainerDisk).orElse(faces);
    }

    private static DiskConfig config(ImageInfo info, WrittenDisk written, Digest sourceDigest, Instant created) {
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
