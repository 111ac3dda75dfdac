package io.dvcr.importers.image;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.DiskFormatException;
import io.dvcr.converters.disk.KnownChunks;
import io.dvcr.converters.disk.KnownDisks;
import io.dvcr.storage.Digest;
import io.dvcr.storage.ImageReference;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.Blob;
import io.dvcr.storage.content.BlobDraft;
import io.dvcr.storage.content.ContentStore;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images that a new one of a repository is likely to share chunks with: a base, if one is named, and the newest of
 * the repository itself. Their packs are held against garbage collection by the draft of the new image. Thread-safe.
 */
final class KnownImages {
    private static final Logger LOG = LoggerFactory.getLogger(KnownImages.class);
    private static final int MAX_IMAGES = 8;

    /** Of those stored last, how many are looked at to find that many images: other manifests lie between them. */
    private static final int MAX_MANIFESTS = 64;

    /** As much as a full table of chunks takes; no index of a disk that fits there is larger. */
    private static final long MAX_INDEX_BYTES = 64L << 20;

    private final ImageStore images;
    private final ContentStore content;
    private final RepositoryName repository;
    private final KnownDisks chunks = new KnownDisks(KnownDisks.DEFAULT_MAX_CHUNKS);
    private final Map<Digest, RepositoryName> homes = new HashMap<>();

    private KnownImages(ImageStore images, ContentStore content, RepositoryName repository) {
        this.images = images;
        this.content = content;
        this.repository = repository;
    }

    /** Looks at what there is now for an image of {@code repository}. A base that has gone meanwhile is passed over. */
    static KnownImages lookedUp(
            ImageStore images,
            ContentStore content,
            RepositoryName repository,
            Optional<ImageReference> base,
            BlobDraft draft)
            throws IOException {
        KnownImages known = new KnownImages(images, content, repository);
        List<StoredImage> candidates = known.candidates(base);
        draft.hold(candidates.stream()
                .flatMap(image -> image.disk().packs().stream())
                .map(BlobDescriptor::digest)
                .distinct()
                .toList());
        for (StoredImage image : candidates) {
            known.learn(image);
        }
        return known;
    }

    KnownChunks chunks() {
        return chunks;
    }

    /** Whether {@code packs} are all at hand still: in the repository itself, or in the one they were learnt from. */
    boolean have(Collection<BlobDescriptor> packs) throws IOException {
        for (BlobDescriptor pack : packs) {
            if (!isThere(homes.getOrDefault(pack.digest(), repository), pack)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Gives the repository those of {@code packs} that another one has.
     *
     * @throws RegistryException with {@link ManifestBlobUnknown} if one was deleted meanwhile
     */
    void mount(List<BlobDescriptor> packs, BlobDraft draft) throws IOException {
        for (BlobDescriptor pack : packs) {
            RepositoryName home = homes.getOrDefault(pack.digest(), repository);
            if (!home.equals(repository) && !draft.mount(home, pack.digest())) {
                throw new RegistryException(new ManifestBlobUnknown(pack.digest()));
            }
        }
    }

    /**
     * Gives the repository those of {@code packs} that it has itself, or that the base has.
     *
     * @return which they are; they are held by {@code draft}
     */
    Set<BlobDescriptor> mountThere(List<BlobDescriptor> packs, BlobDraft draft) throws IOException {
        draft.hold(packs.stream().map(BlobDescriptor::digest).distinct().toList());
        Set<BlobDescriptor> there = new HashSet<>();
        for (BlobDescriptor pack : packs) {
            Optional<RepositoryName> home = isThere(repository, pack)
                    ? Optional.of(repository)
                    : Optional.ofNullable(homes.get(pack.digest())).filter(other -> !other.equals(repository));
            if (home.isPresent() && draft.mount(home.get(), pack.digest())) {
                there.add(pack);
            }
        }
        return there;
    }

    private List<StoredImage> candidates(Optional<ImageReference> base) throws IOException {
        List<StoredImage> found = new ArrayList<>();
        if (base.isPresent()) {
            images.find(base.get().repository(), base.get().reference()).ifPresent(found::add);
        }
        int wanted = found.size() + MAX_IMAGES;
        for (Digest manifest : content.manifests().newest(repository, MAX_MANIFESTS)) {
            if (found.size() < wanted) {
                images.find(repository, new Reference.ByDigest(manifest))
                        .filter(image -> isOther(image, found)) // an index leads to a disk that is found by itself too
                        .ifPresent(found::add);
            }
        }
        return found;
    }

    private static boolean isOther(StoredImage image, List<StoredImage> found) {
        return found.stream().noneMatch(other -> other.disk().equals(image.disk()));
    }

    /** What cannot be read teaches nothing, and keeps no image from being made. */
    private void learn(StoredImage image) throws IOException {
        if (chunks.isFull() || image.disk().index().size() > MAX_INDEX_BYTES) {
            return;
        }
        RepositoryName home = image.details().repository();
        try {
            chunks.add(images.index(image.disk()), pack -> isThere(home, pack));
        } catch (DiskFormatException | NoSuchFileException e) {
            LOG.atDebug()
                    .addKeyValue("repository", home)
                    .addKeyValue("image", image.details().digest())
                    .setCause(e)
                    .log("the index of an image cannot be read");
        }
    }

    private boolean isThere(RepositoryName home, BlobDescriptor pack) throws IOException {
        boolean there =
                content.blobs().find(home, pack.digest()).map(Blob::size).equals(Optional.of(pack.size()));
        if (there) {
            homes.put(pack.digest(), home);
        }
        return there;
    }
}
