package io.dvcr.importers.transfer;

import io.dvcr.converters.DiskCopy;
import io.dvcr.converters.RandomAccessDisk;
import io.dvcr.converters.WatchedSink;
import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.BlobSink;
import io.dvcr.converters.disk.ChunkObserver;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.KnownDisks;
import io.dvcr.converters.disk.UnusablePackException;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.format.DiskLayout;
import io.dvcr.converters.format.ImageFormat;
import io.dvcr.converters.format.LayoutProbe;
import io.dvcr.importers.registry.RegistryClient;
import io.dvcr.importers.registry.RepositoryWriter;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Pushes a disk image from a local file to any OCI registry. It is cut into chunks here; packs that the registry has do
 * not travel, whether another disk brought them or an earlier push of the same file that was cut. The tag changes only
 * when all is there.
 */
public final class DiskPush {
    private static final int MAX_UNUSABLE_PACKS = 3;

    private final RegistryClient registry;
    private final ImageReference target;
    private final Optional<ImageReference> base;
    private final Clock clock;
    private final Progress progress;

    /** Sees a push advance; called by one thread at a time. */
    public interface Progress {
        /**
         * @param passed how much of the disk has been read, holes included, in bytes
         * @param total how much there is
         * @param sent the bytes that have travelled
         */
        void at(long passed, long total, long sent);
    }

    /**
     * @param target a repository and a tag
     * @param base an image of the same registry that shares chunks with the disk
     */
    public DiskPush(
            RegistryClient registry,
            ImageReference target,
            Optional<ImageReference> base,
            Clock clock,
            Progress progress) {
        this.registry = registry;
        this.target = target;
        this.base = base;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * @param declared what the file has to be; if empty, what it is
     * @throws io.dvcr.converters.format.ImageException if the image is refused
     * @throws RegistryException if there is no such base
     * @throws IOException if the registry refuses, or it or the file fails
     */
    public PushReport from(Path file, Optional<ImageFormat> declared) throws IOException {
        Tag tag = tag();
        LocalImage image = LocalImage.inspect(file, declared);
        Upload upload = new Upload(registry.writer(target.repository()));
        Written written = write(image, upload, new HashSet<>());
        WrittenDisk disk = written.disk();
        byte[] config = config(image, written).toJson();
        BlobDescriptor configBlob = DiskManifest.config(config);
        upload.put(configBlob.digest(), configBlob.mediaType(), ByteBuffer.wrap(config));
        byte[] manifest = disk.manifest(configBlob).toJson();
        upload.writer().putManifest(tag, DiskManifest.MEDIA_TYPE, manifest);
        return new PushReport(
                Digest.sha256(manifest),
                image.info().format().toString(),
                disk,
                upload.sent().get());
    }

    private Tag tag() {
        if (target.reference() instanceof Reference.ByTag(Tag tag)) {
            return tag;
        }
        throw new RegistryException(new RequestInvalid("an image is pushed to a tag, not to " + target));
    }

    /** A pack that turns out to be of no use is left alone the next time. */
    private Written write(LocalImage image, Upload upload, Set<Digest> unusable) throws IOException {
        KnownDisks known = new DisksAtHand(registry, target, upload.writer()).learn(base, unusable);
        try (RandomAccessDisk disk = image.open();
                DiskWriter writer = new DiskWriter(
                        upload,
                        known,
                        (pack, offset, length) -> registry.open(target.repository(), pack, offset, length),
                        ChunkObserver.NONE,
                        DiskWriterOptions.defaults())) {
            LayoutProbe probe = new LayoutProbe(writer);
            DiskCopy.copy(
                    disk,
                    new WatchedSink(
                            probe,
                            passed -> progress.at(
                                    passed, disk.size(), upload.sent().get())));
            return new Written(writer.finish(), probe.layout());
        } catch (UnusablePackException e) {
            if (unusable.size() == MAX_UNUSABLE_PACKS) {
                throw e;
            }
            unusable.add(e.pack());
        }
        return write(image, upload, unusable);
    }

    private DiskConfig config(LocalImage image, Written written) {
        return new DiskConfig(
                        written.disk().virtualSize(),
                        written.disk().usedSize(),
                        image.info().format().toString(),
                        Optional.empty(),
                        image.info().cdrom(),
                        Optional.empty(),
                        written.layout().firmware(),
                        clock.instant())
                .withPartitionTable(written.layout().partitionTable().toString());
    }

    /** The disk that was written, and what it looks like. */
    private record Written(WrittenDisk disk, DiskLayout layout) {}

    /** Sends the blobs that are not there. */
    private record Upload(RepositoryWriter writer, AtomicLong sent) implements BlobSink {
        Upload(RepositoryWriter writer) {
            this(writer, new AtomicLong());
        }

        @Override
        public void put(Digest digest, String mediaType, ByteBuffer content) throws IOException {
            if (!writer.has(digest, content.remaining())) {
                writer.put(digest, content);
                sent.addAndGet(content.remaining());
            }
        }
    }
}
