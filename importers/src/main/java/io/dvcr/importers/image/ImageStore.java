package io.dvcr.importers.image;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.ChunkCache;
import io.dvcr.converters.disk.ChunkedDisk;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskFormatException;
import io.dvcr.converters.disk.DiskIndex;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.object.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images over the content of a registry: those manifests that are disk artifacts. Holds nothing of its own but caches
 * of what never changes. Thread-safe.
 */
public final class ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(ImageStore.class);
    private static final int PAGE = 500;
    private static final long INDEX_CACHE_BYTES = 64L << 20;
    private static final long CHUNK_CACHE_BYTES = 64L << 20;
    private static final int COPY_THREADS = 2;

    private final ContentStore content;
    private final ChunkCache chunks = new ChunkCache(CHUNK_CACHE_BYTES);
    private final Cache<Digest, DiskIndex> indexes = Caffeine.newBuilder()
            .maximumWeight(INDEX_CACHE_BYTES)
            .<Digest, DiskIndex>weigher((_, index) -> index.blob().remaining())
            .build();

    public ImageStore(ContentStore content) {
        this.content = content;
    }

    /** @throws RegistryException with {@link ManifestUnknown} if there is no image of that name */
    public StoredImage get(RepositoryName repository, Reference reference) throws IOException {
        return find(repository, reference)
                .orElseThrow(() -> new RegistryException(new ManifestUnknown(repository, reference)));
    }

    /**
     * The image, or empty if there is no manifest of that name or it is not that of a disk. One that a client pushed may
     * say that it is a disk and be none.
     */
    public Optional<StoredImage> find(RepositoryName repository, Reference reference) throws IOException {
        Optional<StoredManifest> manifest = content.manifests().find(repository, reference);
        if (manifest.isEmpty() || !isDisk(manifest.get().parsed())) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(repository, reference, manifest.get()));
        } catch (DiskFormatException e) {
            LOG.atDebug()
                    .addKeyValue("repository", repository)
                    .addKeyValue("manifest", manifest.get().digest())
                    .setCause(e)
                    .log("not a disk");
            return Optional.empty();
        }
    }

    /** Foreign layers need not be in the repository: they would lead to what was pushed to another. */
    private static boolean isDisk(Manifest manifest) {
        return manifest.artifactType().equals(Optional.of(DiskManifest.ARTIFACT_TYPE))
                && manifest.layers().stream().noneMatch(Descriptor::foreign)
                && manifest.config().filter(Descriptor::foreign).isEmpty();
    }

    StoredImage read(RepositoryName repository, Reference reference, StoredManifest manifest) throws IOException {
        DiskManifest disk = DiskManifest.parse(manifest.content());
        DiskConfig config = DiskConfig.parse(readAll(disk.config()));
        long storedSize = disk.index().size()
                + disk.packs().stream().mapToLong(BlobDescriptor::size).sum();
        Optional<Tag> tag = reference instanceof Reference.ByTag(Tag named) ? Optional.of(named) : Optional.empty();
        ImageDetails details = new ImageDetails(
                repository,
                tag,
                manifest.digest(),
                config.sourceFormat(),
                config.virtualSize(),
                config.usedSize(),
                storedSize,
                config.cdrom(),
                config.created());
        return new StoredImage(details, disk);
    }

    private byte[] readAll(BlobDescriptor blob) throws IOException {
        return content.blobs().readAll(new Blob(blob.digest(), blob.size()));
    }

    /** Every tagged image of the registry, in the order of the catalogue. */
    public List<ImageDetails> list() throws IOException {
        List<ImageDetails> images = new ArrayList<>();
        Optional<String> after = Optional.empty();
        List<RepositoryName> page;
        do {
            page = content.catalog().list(after, PAGE);
            for (RepositoryName repository : page) {
                addTagged(repository, images);
                after = Optional.of(repository.value());
            }
        } while (page.size() == PAGE);
        return List.copyOf(images);
    }

    private void addTagged(RepositoryName repository, List<ImageDetails> images) throws IOException {
        Optional<String> after = Optional.empty();
        List<Tag> page;
        do {
            page = content.tags().list(repository, after, PAGE);
            for (Tag tag : page) {
                find(repository, new Reference.ByTag(tag)).ifPresent(image -> images.add(image.details()));
                after = Optional.of(tag.value());
            }
        } while (page.size() == PAGE);
    }

    /** The disk of an image, read from its packs as it is asked for. */
    public ChunkedDisk open(StoredImage image) throws IOException {
        return new ChunkedDisk(
                index(image.disk()),
                (pack, offset, length) -> content.blobs().open(pack, new ByteRange(offset, length)),
                chunks,
                COPY_THREADS);
    }

    private DiskIndex index(DiskManifest disk) throws IOException {
        DiskIndex cached = indexes.getIfPresent(disk.index().digest());
        if (cached != null) {
            return cached;
        }
        DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(readAll(disk.index())));
        disk.requireMatch(index);
        indexes.put(disk.index().digest(), index);
        return index;
    }

    /**
     * Says before an import begins that it would come to nothing.
     *
     * @throws RegistryException with {@link io.dvcr.storage.RegistryError.TagImmutable} if {@code tag} names another
     *     image for ever, or with {@link io.dvcr.storage.RegistryError.QuotaExceeded} if the repository is full
     */
    public void requireWritable(RepositoryName repository, Tag tag) throws IOException {
        content.tags().requireMutable(repository, tag);
        content.quotas().requireRoom(repository, 1);
    }

    /** Begins an image of {@code repository}. */
    public ImageDraft draft(RepositoryName repository) {
        return new ImageDraft(this, repository, content.blobs().draft(repository), content.manifests());
    }

    /**
     * Removes a name of an image, and the image itself with its last name. What only it used is freed by garbage
     * collection.
     *
     * @throws RegistryException with {@link ManifestUnknown} if there is no image of that name, or with
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if it stays for ever
     */
    public void remove(RepositoryName repository, Reference reference) throws IOException {
        Digest digest = get(repository, reference).details().digest();
        switch (reference) {
            case Reference.ByTag(Tag tag) -> content.manifests().untag(repository, tag);
            case Reference.ByDigest _ -> content.manifests().delete(repository, digest);
        }
    }
}
