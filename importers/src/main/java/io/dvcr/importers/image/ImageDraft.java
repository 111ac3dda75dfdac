package io.dvcr.importers.image;

import io.dvcr.converters.disk.BegunDisk;
import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.BlobSink;
import io.dvcr.converters.disk.ChunkObserver;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.disk.DiskWriter;
import io.dvcr.converters.disk.DiskWriterOptions;
import io.dvcr.converters.disk.KnownChunks;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.converters.face.FaceHasher;
import io.dvcr.importers.image.FaceManifests.Face;
import io.dvcr.importers.image.HashedLayers.TarLayer;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.BlobDraft;
import io.dvcr.storage.content.ContentStore;
import io.dvcr.storage.content.ManifestRemovals;
import io.dvcr.storage.content.ManifestStore;
import io.dvcr.storage.content.StoredManifest;
import io.dvcr.storage.lease.Fence;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An image that is being made. It takes the blobs of its disk; without {@link #publish} nothing of it stays in the
 * repository once it is closed. Used by one thread at a time.
 */
public final class ImageDraft implements BlobSink, AutoCloseable {
    private final ImageStore images;
    private final RepositoryName repository;
    private final BlobDraft blobs;
    private final ManifestStore manifests;
    private final ManifestRemovals removals;
    private final Optional<KnownImages> known;
    private final Fence fence;
    private final List<Digest> added = new ArrayList<>();

    ImageDraft(
            ImageStore images,
            RepositoryName repository,
            BlobDraft blobs,
            ContentStore content,
            Optional<KnownImages> known,
            Fence fence) {
        this.images = images;
        this.repository = repository;
        this.blobs = blobs;
        this.manifests = content.manifests();
        this.removals = content.removals();
        this.known = known;
        this.fence = fence;
    }

    /** Begins the image's disk, which nothing is made of but itself. The caller closes the writer. */
    public DiskWriter writer(DiskWriterOptions options) {
        return writer(ChunkObserver.NONE, options, Optional.empty());
    }

    /**
     * Begins the image's disk. The caller closes the writer.
     *
     * @param faces hashed while the disk is written
     */
    public DiskWriter writer(FaceHasher faces, DiskWriterOptions options) {
        return writer(faces, options, Optional.empty());
    }

    /**
     * Begins the image's disk, or goes on with it. The caller closes the writer.
     *
     * @param begun the same disk, {@link #takeUp taken up}
     */
    public DiskWriter writer(ChunkObserver observer, DiskWriterOptions options, Optional<BegunDisk> begun) {
        KnownChunks chunks = known.map(KnownImages::chunks).orElse(KnownChunks.NONE);
        return new DiskWriter(this, chunks, images.packs(), observer, options, begun);
    }

    /**
     * Goes on with what an earlier draft of the same image has stored of its disk.
     *
     * @return the bytes of that; empty if it is not all there any more, or the image is to reuse nothing
     */
    public Optional<InputStream> takeUp(BegunDisk begun) throws IOException {
        boolean there = known.isPresent() && known.get().have(begun.known());
        for (BlobDescriptor pack : begun.brought()) {
            there &= blobs.takeUp(pack.digest());
        }
        return there ? Optional.of(begun.content(images.packs())) : Optional.empty();
    }

    /** Begins the image's faces. The caller closes them. */
    public FaceHasher faces(FaceSettings settings) {
        return new FaceHasher(images.packs(), settings::wantsContainerDisk);
    }

    @Override
    public void put(Digest digest, String mediaType, ByteBuffer content) throws IOException {
        blobs.put(digest, content);
    }

    /**
     * Makes those of {@code packs} part of the image that its repository, or the base, has already.
     *
     * @return which they are; none if the image is to reuse nothing
     */
    public Set<BlobDescriptor> reuse(List<BlobDescriptor> packs) throws IOException {
        return known.isPresent() ? known.get().mountThere(packs, blobs) : Set.of();
    }

    /**
     * Makes the disk, whose blobs were all put here or are reused, an image with its faces, and lets {@code tag} name it.
     * A disk in more pieces than a composite may have is an image without other faces.
     *
     * @param hashed has seen the disk written
     * @param settings those that {@code hashed} began with
     * @throws io.dvcr.storage.RegistryException with {@link io.dvcr.storage.RegistryError.ManifestBlobUnknown} if
     *     somebody has deleted what was to be reused
     */
    public ImageDetails publish(
            Tag tag, WrittenDisk written, DiskConfig config, FaceHasher hashed, FaceSettings settings)
            throws IOException {
        return publish(tag, written, config, disk -> images.faceLayers(disk, hashed, settings));
    }

    /**
     * Makes the disk, whose blobs were made elsewhere, an image with its faces, and lets {@code tag} name it. For its
     * faces all of it is read, and so proved to be what its index says.
     *
     * @param copied whose blobs were all put here or {@link #reuse reused}
     * @throws io.dvcr.converters.disk.CorruptChunkException if it is not
     */
    public ImageDetails publishCopied(Tag tag, WrittenDisk copied, DiskConfig config, FaceSettings settings)
            throws IOException {
        return publish(tag, copied, config, disk -> images.verifiedFaceLayers(disk, settings));
    }

    /** Gives the layers of the faces of a disk. */
    private interface Layers {
        Optional<HashedLayers> of(DiskManifest disk) throws IOException;
    }

    private ImageDetails publish(Tag tag, WrittenDisk written, DiskConfig config, Layers faceLayers)
            throws IOException {
        DiskManifest disk = described(written, config);
        byte[] json = disk.toJson();
        StoredManifest diskManifest = new StoredManifest(Digest.sha256(json), DiskManifest.MEDIA_TYPE, json);
        StoredManifest top = diskManifest;
        Optional<HashedLayers> layers = faceLayers.of(disk);
        if (layers.isPresent()) {
            List<Face> faces = faces(diskManifest, layers.get(), config);
            for (Face face : faces) {
                add(face.manifest());
            }
            top = FaceManifests.index(faces);
        }
        manifests.put(repository, top, List.of(tag), fence);
        blobs.keep();
        added.clear();
        return images.get(repository, new Reference.ByTag(tag)).details();
    }

    private List<Face> faces(StoredManifest disk, HashedLayers layers, DiskConfig config) throws IOException {
        List<Face> faces = new ArrayList<>();
        faces.add(FaceManifests.disk(disk));
        Digest empty = put(FaceManifests.emptyConfig());
        put(layers.raw());
        faces.add(FaceManifests.kubevirt(layers.raw(), empty, config));
        if (layers.tar().isPresent()) {
            TarLayer tar = layers.tar().get();
            byte[] imageConfig = FaceManifests.containerDiskConfig(tar.diffId(), config);
            put(imageConfig);
            put(tar.layer());
            faces.add(FaceManifests.containerDisk(tar.layer(), imageConfig, config));
        }
        return faces;
    }

    private Digest put(byte[] content) throws IOException {
        Digest digest = Digest.sha256(content);
        blobs.put(digest, ByteBuffer.wrap(content));
        return digest;
    }

    private void put(HashedLayers.Layer layer) throws IOException {
        blobs.put(layer.digest(), layer.content());
    }

    private void add(StoredManifest face) throws IOException {
        boolean isNew = manifests
                .find(repository, new Reference.ByDigest(face.digest()))
                .isEmpty();
        manifests.put(repository, face);
        if (isNew) {
            added.add(face.digest());
        }
    }

    /** Is told what a manifest will be called. */
    @FunctionalInterface
    public interface Announcement {
        void about(Digest manifest) throws IOException;
    }

    /**
     * Makes the disk, whose blobs were all put here or are reused, one that refers to {@code subject} and has no tag.
     *
     * @param announcement is told of the disk's manifest before that is stored
     * @return the digest of the disk's manifest
     */
    public Digest attach(StoredManifest subject, WrittenDisk written, DiskConfig config, Announcement announcement)
            throws IOException {
        BlobDescriptor named = new BlobDescriptor(subject.mediaType(), subject.digest(), subject.content().length);
        byte[] json = described(written, config).toJson(named);
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), DiskManifest.MEDIA_TYPE, json);
        announcement.about(manifest.digest());
        manifests.put(repository, manifest);
        blobs.keep();
        return manifest.digest();
    }

    /** The manifest of the disk, all of whose blobs the repository has from here on. */
    private DiskManifest described(WrittenDisk written, DiskConfig config) throws IOException {
        if (known.isPresent()) {
            known.get().mount(written.packs(), blobs);
        }
        byte[] json = config.withNewlyStored(written.newlyStored()).toJson();
        BlobDescriptor blob = DiskManifest.config(json);
        blobs.put(blob.digest(), ByteBuffer.wrap(json));
        return written.manifest(blob);
    }

    @Override
    public void close() throws IOException {
        for (Digest face : added) {
            removals.deleteIfAlone(repository, face); // another import may have come to list the same
        }
        blobs.close();
    }
}
