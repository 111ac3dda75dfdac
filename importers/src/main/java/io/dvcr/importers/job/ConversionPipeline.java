package io.dvcr.importers.job;

import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.FileError;
import io.dvcr.converters.format.ImageException;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.ImageInspector;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.image.ImageStore;
import io.dvcr.importers.pushed.PushedDisk;
import io.dvcr.importers.scratch.PassingScratch;
import io.dvcr.importers.source.OpenedSource;
import io.dvcr.importers.unpack.UnpackLimits;
import io.dvcr.importers.unpack.UnpackedFile;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.BlobStore;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * From a manifest that a client pushed to the disk in it, which names it as its subject. The layer is read where it
 * lies. Thread-safe.
 */
final class ConversionPipeline {
    private final BlobStore blobs;
    private final ReusingDrafts drafts;
    private final PassingScratch scratch;
    private final UnpackLimits limits;

    ConversionPipeline(BlobStore blobs, ImageStore images, PassingScratch scratch, UnpackLimits limits) {
        this.blobs = blobs;
        this.drafts = new ReusingDrafts(images);
        this.scratch = scratch;
        this.limits = limits;
    }

    /** Whether {@code pushed} is to be converted, as far as can be told by reading little of it. */
    boolean mayHoldDisk(RepositoryName repository, StoredManifest pushed) throws IOException {
        List<PushedDisk> disks = PushedDisk.in(pushed.parsed());
        if (disks.isEmpty()) {
            return false;
        }
        PushedDisk first = disks.getFirst();
        return first.sure()
                || first.kind() == PushedDisk.Kind.CONTAINER_DISK
                || beginsLikeDisk(repository, first.layer());
    }

    /** Nobody said that it is a disk: so raw bytes are none, and neither is what has to be unpacked to see. */
    private boolean beginsLikeDisk(RepositoryName repository, Descriptor layer) throws IOException {
        long size = blobs.get(repository, layer.digest()).size();
        ByteRange head = new ByteRange(0, Math.min(size, ImageInspector.HEAD_BYTES));
        try (InputStream in = blobs.open(layer.digest(), head)) {
            ImageInspector inspector = new ImageInspector(limits.bytes());
            inspector.feed(ByteBuffer.wrap(in.readAllBytes()));
            ImageFormat format =
                    inspector.verdict().orElseGet(() -> inspector.finish().format());
            return format != ImageFormat.RAW;
        } catch (ImageException e) {
            return !(e.error() instanceof FileError); // it is one of a format, but a bad one
        }
    }

    /**
     * What is to be done.
     *
     * @param created what the disk says of when it was made: who is cut off and begins anew makes the same again
     * @param announcement is told what the disk will be called before it is stored
     */
    record Task(
            RepositoryName repository,
            StoredManifest pushed,
            Instant created,
            ImageDraft.Announcement announcement,
            ProgressMeter meter) {}

    /**
     * Makes the disk in what was pushed and attaches it.
     *
     * @return the digest of the disk's manifest; empty if there is no disk in it after all
     * @throws io.dvcr.importers.unpack.UnpackException if what was pushed cannot be unpacked
     * @throws ImageException if the image is refused
     * @throws io.dvcr.storage.RegistryException if the repository has no room for it
     */
    Optional<Digest> run(Task task) throws IOException {
        return drafts.make(task.repository(), Optional.empty(), draft -> run(task, draft));
    }

    private Optional<Digest> run(Task task, ImageDraft draft) throws IOException {
        for (PushedDisk disk : PushedDisk.in(task.pushed().parsed())) {
            Optional<Digest> made = run(task, draft, disk);
            if (made.isPresent()) {
                return made;
            }
        }
        return Optional.empty();
    }

    private Optional<Digest> run(Task task, ImageDraft draft, PushedDisk disk) throws IOException {
        Blob layer = blobs.get(task.repository(), disk.layer().digest()); // its size in the manifest may be wrong
        OptionalLong length = OptionalLong.of(layer.size());
        task.meter().receiving(length);
        try (OpenedSource opened = open(layer);
                ObservedSource source =
                        new ObservedSource(opened.stream(), Optional.empty(), task.meter(), limits.bytes())) {
            Optional<UnpackedFile> unpacked = switch (disk.kind()) {
                case FILE -> Optional.of(UnpackedFile.in(source, length, limits));
                case CONTAINER_DISK -> UnpackedFile.inContainerDisk(source, limits);
            };
            if (unpacked.isEmpty()) {
                return Optional.empty();
            }
            try (UnpackedFile file = unpacked.get()) {
                Optional<FileChannel> lying = file.wasPacked() ? Optional.empty() : opened.file();
                return Optional.of(convert(task, draft, source, file, lying));
            }
        }
    }

    private OpenedSource open(Blob layer) throws IOException {
        InputStream bytes = blobs.open(layer.digest(), ByteRange.all(layer.size()));
        try {
            return new OpenedSource(
                    bytes, OptionalLong.of(layer.size()), Optional.empty(), blobs.openFile(layer.digest()));
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }

    private Digest convert(
            Task task, ImageDraft draft, ObservedSource source, UnpackedFile file, Optional<FileChannel> lying)
            throws IOException {
        ImageInspector inspector = new ImageInspector(limits.bytes());
        try (InspectedFile inspected = new InspectedFile(file, inspector);
                DiskWriter writer = draft.writer(DiskWriterOptions.defaults())) {
            PassedDisk disk = DiskPass.run(inspected, file.length(), lying, inspector, writer, task.meter(), scratch);
            WrittenDisk written = writer.finish();
            task.meter().publishing();
            DiskConfig config = disk.config(written, source.verifiedDigest(), task.created());
            return draft.attach(task.pushed(), written, config, task.announcement());
        }
    }
}
