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
import io.dvcr.importers.scratch.ImportScratch;
import io.dvcr.importers.scratch.KeptImport;
import io.dvcr.importers.scratch.PassScratch;
import io.dvcr.importers.source.HeadStart;
import io.dvcr.importers.source.ImportSource;
import io.dvcr.importers.source.OpenedDisk;
import io.dvcr.importers.source.OpenedImage;
import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.source.SourceError.TooLarge;
import io.dvcr.importers.source.SourceException;
import io.dvcr.importers.source.SourceOpener;
import io.dvcr.importers.unpack.UnpackLimits;
import io.dvcr.importers.unpack.UnpackRoom;
import io.dvcr.importers.unpack.UnpackedFile;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.lease.Fence;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An import from its source to its tag, in one {@link DiskPass}. Thread-safe. */
final class ImportPipeline {
    private static final Logger LOG = LoggerFactory.getLogger(ImportPipeline.class);

    private final SourceOpener<ImportSource> sources;
    private final ImageStore images;
    private final ReusingDrafts drafts;
    private final ImportScratch scratch;
    private final ArtifactCopy copy;
    private final ImportLimits limits;
    private final FaceSettings faces;
    private final UnpackRoom room;

    ImportPipeline(
            SourceOpener<ImportSource> sources,
            ImageStore images,
            ImportScratch scratch,
            ImportLimits limits,
            FaceSettings faces,
            UnpackRoom room) {
        this.sources = sources;
        this.images = images;
        this.drafts = new ReusingDrafts(images);
        this.scratch = scratch;
        this.copy = new ArtifactCopy(limits.maxVirtualSizeBytes());
        this.limits = limits;
        this.faces = faces;
        this.room = room;
    }

    /** @throws RegistryException if the import would come to nothing, whatever the source, or its base is not there */
    void requireWritable(ImportRequest request) throws IOException {
        images.requireWritable(request.repository(), request.tag());
        if (request.base().isPresent()) {
            images.get(request.base().get().repository(), request.base().get().reference());
        }
    }

    /**
     * Imports what {@code job} asks, from where an earlier run of it was cut off if that can be. The tag changes only
     * when all is well. The image says that it was created when it was asked for, so that a job that is done once more
     * after a crash makes the same manifests.
     *
     * @param fence through which the tag is given
     * @throws io.dvcr.importers.source.SourceException if the source cannot be read
     * @throws io.dvcr.importers.unpack.UnpackException if the source cannot be unpacked
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     * @throws RegistryException if the repository has no room for it, or the tag stays what it is
     */
    ImageDetails run(ImportJob job, Fence fence, ProgressMeter meter) throws IOException {
        ImportRequest request = job.request();
        images.requireWritable(request.repository(), request.tag());
        return drafts.make(request.repository(), request.base(), fence, draft -> run(job, draft, meter));
    }

    /** Removes what is kept of {@code job}, which has ended. What cannot be removed now is at the next start. */
    void forget(ImportJob job) {
        try {
            kept(job).forget();
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("import", job.id()).setCause(e).log("what was kept of an import is still there");
        }
    }

    private KeptImport kept(ImportJob job) {
        return scratch.of(UUID.fromString(job.id()));
    }

    private ImageDetails run(ImportJob job, ImageDraft draft, ProgressMeter meter) throws IOException {
        KeptImport kept = kept(job);
        try (OpenedImage opened = open(job.request(), draft, kept)) {
            return switch (opened) {
                case OpenedSource file -> read(file, new Run(job, draft, meter, kept));
                case OpenedDisk disk -> copy.run(disk, job.request().tag(), faces(job.request()), draft, meter);
            };
        }
    }

    private OpenedImage open(ImportRequest request, ImageDraft draft, KeptImport kept) throws IOException {
        Optional<HeadStart> start = kept.headStart(draft);
        if (start.isPresent()) {
            Optional<OpenedSource> behind = openBehind(start.get(), request);
            if (behind.isPresent()) {
                return behind.get();
            }
            kept.forget();
        }
        return sources.open(request.source(), request.repository());
    }

    private Optional<OpenedSource> openBehind(HeadStart start, ImportRequest request) throws IOException {
        Optional<OpenedSource> behind = Optional.empty();
        try {
            behind = sources.openBehind(start, request.source(), request.repository());
            return behind;
        } finally {
            if (behind.isEmpty()) {
                start.close();
            }
        }
    }

    /** One of the runs that a job may take. */
    private record Run(ImportJob job, ImageDraft draft, ProgressMeter meter, KeptImport kept) {
        ImportRequest request() {
            return job.request();
        }
    }

    private ImageDetails read(OpenedSource opened, Run run) throws IOException {
        try (ObservedSource source =
                new ObservedSource(opened.stream(), opened.checksum(), run.meter(), limits.maxVirtualSizeBytes())) {
            requireWithinLimit(opened.length());
            run.meter().receiving(opened.length(), opened.kept());
            try (UnpackedFile file = UnpackedFile.in(source, opened.length(), unpackLimits())) {
                return store(run, file.wasPacked() ? opened.withoutPlace() : opened, source, file);
            }
        }
    }

    private ImageDetails store(Run run, OpenedSource opened, ObservedSource source, UnpackedFile file)
            throws IOException {
        ImageInspector inspector = inspector(run.request());
        FaceSettings wanted = faces(run.request());
        ImageDraft draft = run.draft();
        try (InspectedFile inspected = new InspectedFile(file, inspector);
                FaceHasher hashed = draft.faces(wanted);
                DiskWriter writer = draft.writer(
                        hashed, DiskWriterOptions.defaults(), run.kept().begun());
                PassScratch spool = run.kept().during(writer, opened.version())) {
            PassedDisk disk =
                    DiskPass.run(inspected, file.length(), opened.file(), inspector, writer, run.meter(), spool);
            Digest sourceDigest = source.verifiedDigest();
            WrittenDisk written = writer.finish();
            run.meter().publishing();
            DiskConfig config = disk.config(written, sourceDigest, run.job().created());
            return draft.publish(run.request().tag(), written, config, hashed, wanted);
        }
    }

    private ImageInspector inspector(ImportRequest request) {
        long max = limits.maxVirtualSizeBytes();
        return request.format()
                .map(declared -> ImageInspector.expecting(declared, max))
                .orElseGet(() -> new ImageInspector(max));
    }

    private UnpackLimits unpackLimits() {
        return new UnpackLimits(limits.maxVirtualSizeBytes(), limits.unpackTimeout(), room);
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
