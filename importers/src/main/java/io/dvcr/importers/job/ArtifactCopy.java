package io.dvcr.importers.job;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.CorruptChunkException;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskFormatException;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.disk.UnusablePackException;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.importers.image.FaceSettings;
import io.dvcr.importers.image.ImageDetails;
import io.dvcr.importers.image.ImageDraft;
import io.dvcr.importers.source.OpenedDisk;
import io.dvcr.importers.source.SourceError.DiskMalformed;
import io.dvcr.importers.source.SourceError.TooLarge;
import io.dvcr.importers.source.SourceException;
import io.dvcr.storage.Tag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Copies a disk artifact: index and packs stay what they are, and those that the target has do not travel. Whoever made
 * it is as little trusted as whoever made an image: index and configuration are checked before anything is stored, and
 * every chunk before the tag changes. Thread-safe.
 */
final class ArtifactCopy {
    /** That of a disk with 300 GiB in chunks of the usual size; it is held in memory. */
    private static final long MAX_INDEX_BYTES = 256L << 20;

    private final long maxVirtualSizeBytes;

    ArtifactCopy(long maxVirtualSizeBytes) {
        this.maxVirtualSizeBytes = maxVirtualSizeBytes;
    }

    /**
     * Makes {@code disk} the image {@code tag} of the draft's repository.
     *
     * @throws SourceException if the disk is refused, or is not what it says it is
     */
    ImageDetails run(OpenedDisk disk, Tag tag, FaceSettings faces, ImageDraft draft, ProgressMeter meter)
            throws IOException {
        DiskManifest manifest = disk.manifest();
        byte[] index = checkedIndex(disk);
        DiskConfig config = checkedConfig(disk, index);
        Set<BlobDescriptor> there = draft.reuse(manifest.packs());
        List<BlobDescriptor> missing = manifest.packs().stream()
                .filter(pack -> !there.contains(pack))
                .distinct()
                .toList();
        long newlyStored = index.length + total(missing);
        meter.receiving(OptionalLong.of(newlyStored));
        store(draft, manifest.index(), index, meter);
        for (BlobDescriptor pack : missing) {
            store(draft, pack, disk.blobs().read(pack), meter);
        }
        meter.publishing();
        WrittenDisk copied = new WrittenDisk(
                manifest.index(),
                manifest.packs(),
                config.virtualSize(),
                config.usedSize(),
                index.length + total(manifest.packs()),
                newlyStored);
        try {
            return draft.publishCopied(tag, copied, config, faces);
        } catch (CorruptChunkException e) {
            if (there.stream().anyMatch(pack -> pack.digest().equals(e.pack()))) {
                throw new UnusablePackException(e.pack(), e);
            }
            throw malformed(e);
        }
    }

    private byte[] checkedIndex(OpenedDisk disk) throws IOException {
        BlobDescriptor descriptor = disk.manifest().index();
        if (descriptor.size() > MAX_INDEX_BYTES) {
            throw new SourceException(new TooLarge(MAX_INDEX_BYTES));
        }
        return disk.blobs().read(descriptor);
    }

    private DiskConfig checkedConfig(OpenedDisk disk, byte[] blob) throws IOException {
        try {
            DiskConfig config =
                    DiskConfig.parse(disk.blobs().read(disk.manifest().config()));
            if (config.virtualSize() > maxVirtualSizeBytes) {
                throw new SourceException(new TooLarge(maxVirtualSizeBytes));
            }
            DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(blob));
            disk.manifest().requireMatch(index);
            config.requireMatch(index);
            return config;
        } catch (DiskFormatException e) {
            throw malformed(e);
        }
    }

    private static void store(ImageDraft draft, BlobDescriptor blob, byte[] content, ProgressMeter meter)
            throws IOException {
        draft.put(blob.digest(), blob.mediaType(), ByteBuffer.wrap(content));
        meter.received(content.length);
    }

    private static long total(List<BlobDescriptor> blobs) {
        return new HashSet<>(blobs).stream().mapToLong(BlobDescriptor::size).sum();
    }

    private static SourceException malformed(IOException cause) {
        return new SourceException(new DiskMalformed(String.valueOf(cause.getMessage())), cause);
    }
}
