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
import io.dvcr.converters.face.FaceLayers;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.BlobDraft;
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
import java.util.Set;
import java.util.function.Predicate;
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
     * The image, or empty if there is no manifest of that name or it is neither that of a disk nor an index that lists
     * one. One that a client pushed may say that it is a disk and be none.
     */
    public Optional<StoredImage> find(RepositoryName repository, Reference reference) throws IOException {
        Optional<StoredManifest> named = content.manifests().find(repository, reference);
        Optional<StoredManifest> disk = named.isPresent() ? diskOf(repository, named.get()) : Optional.empty();
        if (disk.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(repository, reference, named.get(), disk.get()));
        } catch (DiskFormatException e) {
            LOG.atDebug()
                    .addKeyValue("repository", repository)
                    .addKeyValue("manifest", disk.get().digest())
                    .setCause(e)
                    .log("not a disk");
            return Optional.empty();
        }
    }

    /** The manifest itself, or that of the disk among the faces it lists. */
    private Optional<StoredManifest> diskOf(RepositoryName repository, StoredManifest manifest) throws IOException {
        Manifest parsed = manifest.parsed();
        Optional<Digest> listed = parsed.manifests().stream()
                .filter(face -> face.artifactType().equals(Optional.of(DiskManifest.ARTIFACT_TYPE)))
                .map(Descriptor::digest)
                .findFirst();
        if (listed.isEmpty()) {
            return isDisk(parsed) ? Optional.of(manifest) : Optional.empty();
        }
        return content.manifests()
                .find(repository, new Reference.ByDigest(listed.get()))
                .filter(face -> isDisk(face.parsed()));
    }

    /** Foreign layers need not be in the repository: they would lead to what was pushed to another. */
    private static boolean isDisk(Manifest manifest) {
        return manifest.artifactType().equals(Optional.of(DiskManifest.ARTIFACT_TYPE))
                && manifest.layers().stream().noneMatch(Descriptor::foreign)
                && manifest.config().filter(Descriptor::foreign).isEmpty();
    }

    private StoredImage read(
            RepositoryName repository, Reference reference, StoredManifest top, StoredManifest manifest)
            throws IOException {
        DiskManifest disk = DiskManifest.parse(manifest.content());
        DiskConfig config = DiskConfig.parse(readAll(disk.config()));
        long storedSize = disk.index().size()
                + disk.packs().stream().mapToLong(BlobDescriptor::size).sum();
        Optional<Tag> tag = reference instanceof Reference.ByTag(Tag named) ? Optional.of(named) : Optional.empty();
        ImageDetails details = new ImageDetails(
                repository,
                tag,
                top.digest(),
                config.sourceFormat(),
                config.virtualSize(),
                config.usedSize(),
                storedSize,
                config.newlyStored(),
                config.cdrom(),
                config.created());
        return new StoredImage(details, top.mediaType(), disk);
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

    /** The tagged images that have packs of {@code image}, of the repositories that {@code visible} lets through. */
    public List<SharedImage> sharing(StoredImage image, Predicate<RepositoryName> visible) throws IOException {
        Set<BlobDescriptor> packs = Set.copyOf(image.disk().packs());
        List<SharedImage> sharing = new ArrayList<>();
        for (ImageDetails other : list()) {
            if (visible.test(other.repository())
                    && !other.digest().equals(image.details().digest())) {
                Tag tag = other.tag().orElseThrow();
                long shared = find(other.repository(), new Reference.ByTag(tag)).stream()
                        .flatMap(found -> found.disk().packs().stream())
                        .filter(packs::contains)
                        .mapToLong(BlobDescriptor::size)
                        .sum();
                if (shared > 0) {
                    sharing.add(new SharedImage(other.repository(), tag, shared));
                }
            }
        }
        return List.copyOf(sharing);
    }

    /** The disk of an image, read from its packs as it is asked for. */
    public ChunkedDisk open(StoredImage image) throws IOException {
        return open(index(image.disk()));
    }

    private ChunkedDisk open(DiskIndex index) {
        return new ChunkedDisk(
                index,
                (pack, offset, length) -> content.blobs().open(pack, new ByteRange(offset, length)),
                chunks,
                COPY_THREADS);
    }

    DiskIndex index(DiskManifest disk) throws IOException {
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

    /** The layers of the faces that {@code settings} want of {@code disk}; empty if it is in too many pieces for any. */
    Optional<HashedLayers> faceLayers(DiskManifest disk, FaceSettings settings) throws IOException {
        DiskIndex index = index(disk);
        return HashedLayers.of(
                new FaceLayers(index),
                settings.wantsContainerDisk(index.diskSize()),
                open(index),
                content.blobs()::open);
    }

    /** Begins an image of {@code repository}, of which every chunk is stored. */
    public ImageDraft draft(RepositoryName repository) {
        return new ImageDraft(
                this, repository, content.blobs().draft(repository), content.manifests(), Optional.empty());
    }

    /**
     * Begins an image of {@code repository} that may reuse what the newest images of the repository, and {@code base},
     * have stored.
     */
    public ImageDraft draftOver(RepositoryName repository, Optional<ImageReference> base) throws IOException {
        BlobDraft blobs = content.blobs().draft(repository);
        try {
            KnownImages known = KnownImages.lookedUp(this, content, repository, base, blobs);
            return new ImageDraft(this, repository, blobs, content.manifests(), Optional.of(known));
        } catch (IOException | RuntimeException e) {
            blobs.close();
            throw e;
        }
    }

    /**
     * Removes a name of an image, and the image itself with its last name and with its faces. What only it used is freed by garbage
     * collection.
     *
     * @throws RegistryException with {@link ManifestUnknown} if there is no image of that name, or with
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if it stays for ever
     */
    public void remove(RepositoryName repository, Reference reference) throws IOException {
        Digest digest = get(repository, reference).details().digest();
        switch (reference) {
            case Reference.ByTag(Tag tag) -> content.manifests().untagWhole(repository, tag);
            case Reference.ByDigest _ -> content.manifests().deleteWhole(repository, digest);
        }
    }
}
