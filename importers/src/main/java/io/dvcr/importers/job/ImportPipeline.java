package io.dvcr.importers.job;

import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.face.FaceHasher;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.OpenedDisk;
import io.dvcr.importers.source.OpenedImage;
import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.SourceError.TooLarge;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.unpack.UnpackLimits;
import io.dvcr.importers.unpack.UnpackedFile;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.lease.Fence;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** An import from its source to its tag, in one {@link DiskPass}. Thread-safe. */
final class ImportPipeline {
    private static final Duration UNPACKING = Duration.ofHours(4);

    private final SourceOpener<ImportSource> sources;
    private final ImageStore images;
    private final ReusingDrafts drafts;
    private final DiskPass pass;
    private final ArtifactCopy copy;
    private final ImportLimits limits;
    private final FaceSettings faces;

    ImportPipeline(
            SourceOpener<ImportSource> sources,
            ImageStore images,
            Path scratch,
            ImportLimits limits,
            FaceSettings faces) {
        this.sources = sources;
        this.images = images;
        this.drafts = new ReusingDrafts(images);
        this.pass = new DiskPass(scratch);
        this.copy = new ArtifactCopy(limits.maxVirtualSizeBytes());
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
     * @param fence through which the tag is given
     * @throws io.dvcr.importers.source.SourceException if the source cannot be read
     * @throws io.dvcr.importers.unpack.UnpackException if the source cannot be unpacked
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     * @throws RegistryException if the repository has no room for it, or the tag stays what it is
     */
    ImageDetails run(ImportRequest request, Instant created, Fence fence, ProgressMeter meter) throws IOException {
        images.requireWritable(request.repository(), request.tag());
        return drafts.make(request.repository(), request.base(), fence, draft -> run(request, created, draft, meter));
    }

    private ImageDetails run(ImportRequest request, Instant created, ImageDraft draft, ProgressMeter meter)
            throws IOException {
        try (OpenedImage opened = sources.open(request.source(), request.repository())) {
            return switch (opened) {
                case OpenedSource file -> read(file, request, created, draft, meter);
                case OpenedDisk disk -> copy.run(disk, request.tag(), faces(request), draft, meter);
            };
        }
    }

    private ImageDetails read(
            OpenedSource opened, ImportRequest request, Instant created, ImageDraft draft, ProgressMeter meter)
            throws IOException {
        try (ObservedSource source =
                new ObservedSource(opened.stream(), opened.checksum(), meter, limits.maxVirtualSizeBytes())) {
            requireWithinLimit(opened.length());
            meter.receiving(opened.length());
            try (UnpackedFile file = UnpackedFile.in(source, opened.length(), unpackLimits())) {
                Optional<FileChannel> lying = file.wasPacked() ? Optional.empty() : opened.file();
                return store(request, created, draft, source, file, lying, meter);
            }
        }
    }

    private ImageDetails store(
            ImportRequest request,
            Instant created,
            ImageDraft draft,
            ObservedSource source,
            UnpackedFile file,
            Optional<FileChannel> lying,
            ProgressMeter meter)
            throws IOException {
        ImageInspector inspector = inspector(request);
        try (InspectedFile inspected = new InspectedFile(file, inspector);
                FaceHasher hashed = draft.faces(faces(request));
                DiskWriter writer = draft.writer(hashed, DiskWriterOptions.defaults())) {
            PassedDisk disk = pass.run(inspected, file.length(), lying, inspector, writer, meter);
            Digest sourceDigest = source.verifiedDigest();
            WrittenDisk written = writer.finish();
            meter.publishing();
            DiskConfig config = disk.config(written, sourceDigest, created);
            return draft.publish(request.tag(), written, config, hashed, faces(request));
        }
    }

    private ImageInspector inspector(ImportRequest request) {
        long max = limits.maxVirtualSizeBytes();
        return request.format()
                .map(declared -> ImageInspector.expecting(declared, max))
                .orElseGet(() -> new ImageInspector(max));
    }

    private UnpackLimits unpackLimits() {
        return new UnpackLimits(limits.maxVirtualSizeBytes(), UNPACKING);
    }

    /** Not every server says, and not every one the truth; but what is said need not be downloaded to be refused. */
    private void requireWithinLimit(OptionalLong announced) {
        if (announced.orElse(0) > limits.maxVirtualSizeBytes()) {
            throw new SourceException(new TooLarge(limits.maxVirtualSizeBytes()));
        }
    }

    private FaceSettings faces(ImportRequest request) {
        return request.containerDisk().map(faces::withContainerDisk).orElse(faces);
    }
}
