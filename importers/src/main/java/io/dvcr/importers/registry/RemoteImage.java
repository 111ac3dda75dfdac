package io.dvcr.importers.registry;

import io.dvcr.converters.disk.ChunkCache;
import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.disk.SparseFile;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.RegistryError.RequestInvalid;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongConsumer;

/** An image in a registry: what is known of it, and its disk, fetched as it is read. Thread-safe. */
public final class RemoteImage {
    private static final long CHUNK_CACHE_BYTES = 16L << 20;
    private static final int COPY_THREADS = 4;

    private final RegistryClient registry;
    private final ImageReference reference;
    private final Digest digest;
    private final DiskManifest manifest;
    private final DiskConfig config;

    private RemoteImage(
            RegistryClient registry,
            ImageReference reference,
            Digest digest,
            DiskManifest manifest,
            DiskConfig config) {
        this.registry = registry;
        this.reference = reference;
        this.digest = digest;
        this.manifest = manifest;
        this.config = config;
    }

    /**
     * @throws RegistryException if there is no such image, or what is there is not a disk
     * @throws IOException if the registry cannot be asked
     */
    public static RemoteImage find(RegistryClient registry, ImageReference reference) throws IOException {
        StoredManifest stored = registry.manifest(reference);
        if (!stored.parsed().artifactType().equals(Optional.of(DiskManifest.ARTIFACT_TYPE))) {
            throw new RegistryException(new RequestInvalid(reference + " is not a disk image"));
        }
        DiskManifest manifest = DiskManifest.parse(stored.content());
        DiskConfig config = DiskConfig.parse(registry.blob(reference.repository(), manifest.config()));
        return new RemoteImage(registry, reference, stored.digest(), manifest, config);
    }

    /** The digest of the manifest. */
    public Digest digest() {
        return digest;
    }

    public DiskConfig config() {
        return config;
    }

    /** The disk, whose packs are asked for in ranges. */
    public ChunkedDisk open() throws IOException {
        DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(registry.blob(reference.repository(), manifest.index())));
        manifest.requireMatch(index);
        config.requireMatch(index);
        return new ChunkedDisk(
                index,
                (pack, offset, length) -> registry.open(reference.repository(), pack, offset, length),
                new ChunkCache(CHUNK_CACHE_BYTES),
                COPY_THREADS);
    }

    /**
     * Writes the disk to a new file, whose holes stay holes, and forces it.
     *
     * @param progress is told, after each write, how many bytes of data have been written; holes do not count
     */
    public void download(Path target, LongConsumer progress) throws IOException {
        try (ChunkedDisk disk = open();
                SparseFile file = new SparseFile(target, progress)) {
            disk.copyTo(file, 0, disk.size());
            file.finish();
        }
    }
}
