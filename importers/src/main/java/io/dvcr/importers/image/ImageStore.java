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
import io.dvcr.converters.disk.PackSource;
import io.dvcr.converters.face.FaceHasher;
import io.dvcr.converters.face.FaceHashes;
import io.dvcr.converters.face.FaceLayers;
import io.dvcr.converters.face.ListedDisk;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.Conflict;
import io.dvcr.storage.RegistryError.Denied;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.BlobDraft;
import io.dvcr.storage.content.BlobHolds;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.Derivation;
import io.dvcr.storage.content.Descriptor;
import io.dvcr.storage.content.Manifest;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.lease.Fence;
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

    /** What the cache of chunks may take where nothing else is configured. */
    public static final long DEFAULT_CHUNK_CACHE_BYTES = 64L << 20;

    private static final int COPY_THREADS = 2;

    private final ContentStore content;
    private final ImageContent read;
    private final ChunkCache chunks;
    private final Cache<Digest, DiskIndex> indexes = Caffeine.newBuilder()
            .maximumWeight(INDEX_CACHE_BYTES)
            .<Digest, DiskIndex>weigher((_, index) -> index.blob().remaining())
            .build();

    public ImageStore(ContentStore content) {
        this(content, ForeignContent.NONE, DEFAULT_CHUNK_CACHE_BYTES);
    }

    /**
     * @param foreign repositories whose images can be read, too
     * @param chunkCacheBytes how much of what is read in pieces is remembered
     */
    public ImageStore(ContentStore content, ForeignContent foreign, long chunkCacheBytes) {
        this.content = content;
        this.read = new ImageContent(content, foreign);
        this.chunks = new ChunkCache(chunkCacheBytes);
    }

    /**
     * @throws RegistryException with {@link ManifestUnknown} if there is no image of that name, or with {@link Conflict}
     *     if it is still being made of what was pushed, or cannot be
     */
    public StoredImage get(RepositoryName repository, Reference reference) throws IOException {
        Optional<StoredImage> image = find(repository, reference);
        if (image.isPresent()) {
            return image.get();
        }
        Optional<Derivation> derivation = derivation(repository, reference);
        throw new RegistryException(
                derivation.isPresent()
                        ? new Conflict(reason(derivation.get()))
                        : new ManifestUnknown(repository, reference));
    }

    private static String reason(Derivation derivation) {
        return switch (derivation.phase()) {
            case PENDING -> "the image is being made of what was pushed: try again later";
            case READY -> "the image was made of what was pushed, and has been deleted: push that again";
            case FAILED ->
                "no image can be made of what was pushed: "
                        + derivation.fault().map(Derivation.Fault::message).orElse("");
        };
    }

    /**
     * The image: a manifest of a disk, an index that lists one, or a disk that was made of what was pushed under that
     * name. Empty if there is none of that name, or it is none of these. What a client pushed may say that it is a disk
     * and be none.
     */
    public Optional<StoredImage> find(RepositoryName repository, Reference reference) throws IOException {
        Optional<StoredManifest> named = read.manifest(repository, reference);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        Optional<StoredManifest> disk = diskOf(repository, named.get());
        return disk.isPresent()
                ? readIfDisk(repository, reference, named.get(), disk.get())
                : findDerived(repository, reference, named.get());
    }

    private Optional<StoredImage> findDerived(RepositoryName repository, Reference reference, StoredManifest pushed)
            throws IOException {
        Optional<Digest> derived = content.derivations()
                .find(repository, pushed.digest())
                .filter(derivation -> derivation.phase() == Derivation.Phase.READY)
                .flatMap(Derivation::derived);
        Optional<StoredManifest> disk = derived.isPresent()
                ? content.manifests().find(repository, new Reference.ByDigest(derived.get()))
                : Optional.empty();
        return disk.filter(made -> isDisk(made.parsed())).isPresent()
                ? readIfDisk(repository, reference, disk.get(), disk.get())
                : Optional.empty();
    }

    /** What the registry makes of the manifest, if that is not an image itself. */
    private Optional<Derivation> derivation(RepositoryName repository, Reference reference) throws IOException {
        if (read.foreign().has(repository)) {
            return Optional.empty();
        }
        Optional<StoredManifest> manifest = content.manifests().find(repository, reference);
        return manifest.isPresent()
                ? content.derivations().find(repository, manifest.get().digest())
                : Optional.empty();
    }

    private Optional<StoredImage> readIfDisk(
            RepositoryName repository, Reference reference, StoredManifest top, StoredManifest disk)
            throws IOException {
        try {
            return Optional.of(read(repository, reference, top, disk));
        } catch (DiskFormatException e) {
            LOG.atDebug()
                    .addKeyValue("repository", repository)
                    .addKeyValue("manifest", disk.digest())
                    .setCause(e)
                    .log("not a disk");
            return Optional.empty();
        }
    }

    /** The manifest itself, or that of the disk among the faces it lists. */
    private Optional<StoredManifest> diskOf(RepositoryName repository, StoredManifest manifest) throws IOException {
        Manifest parsed = manifest.parsed();
        Optional<Digest> listed = ListedDisk.in(parsed);
        if (listed.isEmpty()) {
            return isDisk(parsed) ? Optional.of(manifest) : Optional.empty();
        }
        return read.manifest(repository, new Reference.ByDigest(listed.get())).filter(face -> isDisk(face.parsed()));
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
        DiskConfig config = DiskConfig.parse(read.readAll(repository, disk.config()));
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
                config.partitionTable(),
                config.firmware(),
                config.created());
        return new StoredImage(details, top.mediaType(), disk);
    }

    /** Every tagged image of the registry, in the order of the catalogue, and what images are being made of. */
    public List<ImageListing> list() throws IOException {
        List<ImageListing> images = new ArrayList<>();
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

    private void addTagged(RepositoryName repository, List<ImageListing> images) throws IOException {
        Optional<String> after = Optional.empty();
        List<Tag> page;
        do {
            page = content.tags().list(repository, after, PAGE);
            for (Tag tag : page) {
                listing(repository, tag).ifPresent(images::add);
                after = Optional.of(tag.value());
            }
        } while (page.size() == PAGE);
    }

    /** The tagged images that have packs of {@code image}, of the repositories that {@code visible} lets through. */
    public List<SharedImage> sharing(StoredImage image, Predicate<RepositoryName> visible) throws IOException {
        Set<BlobDescriptor> packs = Set.copyOf(image.disk().packs());
        List<SharedImage> sharing = new ArrayList<>();
        for (ImageDetails other :
                list().stream().flatMap(one -> one.image().stream()).toList()) {
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

    /** What {@code tag} names, if it is an image or one is made of it. */
    public Optional<ImageListing> listing(RepositoryName repository, Tag tag) throws IOException {
        Optional<Digest> named = content.tags().resolve(repository, tag);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        Optional<ImageDetails> image =
                find(repository, new Reference.ByTag(tag)).map(StoredImage::details);
        Optional<Derivation> derivation = image.map(ImageDetails::digest).equals(named)
                ? Optional.empty()
                : content.derivations().find(repository, named.get());
        return image.isPresent() || derivation.isPresent()
                ? Optional.of(new ImageListing(repository, tag, named.get(), image, derivation))
                : Optional.empty();
    }

    /** The disk of an image, read from its packs as it is asked for. */
    public ChunkedDisk open(StoredImage image) throws IOException {
        RepositoryName repository = image.details().repository();
        return open(index(image.disk(), blob -> read.readAll(repository, blob)), read.packs(repository));
    }

    private ChunkedDisk open(DiskIndex index, PackSource packs) {
        return new ChunkedDisk(index, packs, chunks, COPY_THREADS);
    }

    /** Every pack of our own there is. */
    PackSource packs() {
        return read.ownPacks();
    }

    /** What keeps the blobs of images that are being made for long. */
    public BlobHolds holds() {
        return content.holds();
    }

    /** The index of a disk of our own. */
    DiskIndex index(DiskManifest disk) throws IOException {
        return index(disk, blob -> content.blobs().readAll(new Blob(blob.digest(), blob.size())));
    }

    private interface BlobReader {
        byte[] readAll(BlobDescriptor blob) throws IOException;
    }

    private DiskIndex index(DiskManifest disk, BlobReader reader) throws IOException {
        DiskIndex cached = indexes.getIfPresent(disk.index().digest());
        if (cached != null) {
            return cached;
        }
        DiskIndex index = DiskIndex.parse(ByteBuffer.wrap(reader.readAll(disk.index())));
        disk.requireMatch(index);
        indexes.put(disk.index().digest(), index);
        return index;
    }

    /**
     * Says before an import begins that it would come to nothing.
     *
     * @throws RegistryException with {@link Denied} if the repository is another registry's
     * @throws RegistryException with {@link io.dvcr.storage.RegistryError.TagImmutable} if {@code tag} names another
     *     image for ever, or with {@link io.dvcr.storage.RegistryError.QuotaExceeded} if the repository is full
     */
    public void requireWritable(RepositoryName repository, Tag tag) throws IOException {
        if (read.foreign().has(repository)) {
            throw new RegistryException(new Denied(repository + " is another registry's"));
        }
        content.tags().requireMutable(repository, tag);
        content.quotas().requireRoom(repository, 1);
    }

    /** The layers of the faces that {@code settings} want of {@code disk}; empty if it is in too many pieces for any. */
    Optional<HashedLayers> faceLayers(DiskManifest disk, FaceHasher hashed, FaceSettings settings) throws IOException {
        DiskIndex index = index(disk);
        FaceLayers layers = new FaceLayers(index);
        FaceHashes hashes = hashed.finish(index.diskSize());
        if (settings.wantsContainerDisk(index.diskSize()) && hashes.archive().isEmpty()) {
            hashes = layers.readBack(open(index, packs()), packs()); // nobody knew how long the disk would be
        }
        return HashedLayers.of(layers, hashes);
    }

    /** The same, of a disk that nobody here wrote: every chunk of it is read, past all caches, and verified. */
    Optional<HashedLayers> verifiedFaceLayers(DiskManifest disk, FaceSettings settings) throws IOException {
        DiskIndex index = index(disk);
        FaceLayers layers = new FaceLayers(index);
        FaceHashes hashes = layers.readBack(open(index, packs()), packs());
        boolean wanted = settings.wantsContainerDisk(index.diskSize());
        return HashedLayers.of(layers, wanted ? hashes : new FaceHashes(hashes.raw(), Optional.empty()));
    }

    /** For who needs no right to give a tag. */
    public Fence unfenced() {
        return content.tags().unfenced();
    }

    /** Begins an image of {@code repository}, of which every chunk is stored. */
    public ImageDraft draft(RepositoryName repository) {
        return draft(repository, unfenced());
    }

    /** The same, whose tag is given through {@code fence}. */
    public ImageDraft draft(RepositoryName repository, Fence fence) {
        return new ImageDraft(this, repository, content.blobs().draft(repository), content, Optional.empty(), fence);
    }

    /**
     * Begins an image of {@code repository} that may reuse what the newest images of the repository, and {@code base},
     * have stored.
     */
    public ImageDraft draftOver(RepositoryName repository, Optional<ImageReference> base) throws IOException {
        return draftOver(repository, base, unfenced());
    }

    /** The same, whose tag is given through {@code fence}. */
    public ImageDraft draftOver(RepositoryName repository, Optional<ImageReference> base, Fence fence)
            throws IOException {
        BlobDraft blobs = content.blobs().draft(repository);
        try {
            KnownImages known = KnownImages.lookedUp(this, content, repository, base, blobs);
            return new ImageDraft(this, repository, blobs, content, Optional.of(known), fence);
        } catch (IOException | RuntimeException e) {
            blobs.close();
            throw e;
        }
    }

    /**
     * Removes a name of an image, and the image itself with its last name and with its faces. What only it used is freed
     * by garbage collection. What an image is, or was to be, made of is removed by its name as well.
     *
     * @return what the name led to
     * @throws RegistryException with {@link ManifestUnknown} if there is no image of that name, or with
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if it stays for ever
     */
    public StoredManifest remove(RepositoryName repository, Reference reference) throws IOException {
        StoredManifest named = content.manifests().get(repository, reference);
        if (find(repository, reference).isEmpty()
                && derivation(repository, reference).isEmpty()) {
            throw new RegistryException(new ManifestUnknown(repository, reference));
        }
        switch (reference) {
            case Reference.ByTag(Tag tag) -> content.removals().untagWhole(repository, tag);
            case Reference.ByDigest(Digest digest) -> content.removals().deleteWhole(repository, digest);
        }
        return named;
    }

    /** Whether the repository still has {@code manifest}. */
    public boolean contains(RepositoryName repository, Digest manifest) throws IOException {
        return content.manifests()
                .find(repository, new Reference.ByDigest(manifest))
                .isPresent();
    }
}
