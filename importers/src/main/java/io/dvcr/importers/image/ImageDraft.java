package io.dvcr.importers.image;

import io.dvcr.converters.disk.BlobDescriptor;
import io.dvcr.converters.disk.BlobSink;
import io.dvcr.converters.disk.DiskConfig;
import io.dvcr.converters.disk.DiskManifest;
import io.dvcr.converters.disk.WrittenDisk;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.BlobDraft;
import io.dvcr.storage.content.ManifestStore;
import io.dvcr.storage.content.StoredManifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An image that is being made. It takes the blobs of its disk; without {@link #publish} nothing of it stays in the
 * repository once it is closed. Used by one thread at a time.
 */
public final class ImageDraft implements BlobSink, AutoCloseable {
    private final ImageStore images;
    private final RepositoryName repository;
    private final BlobDraft blobs;
    private final ManifestStore manifests;

    ImageDraft(ImageStore images, RepositoryName repository, BlobDraft blobs, ManifestStore manifests) {
        this.images = images;
        this.repository = repository;
        this.blobs = blobs;
        this.manifests = manifests;
    }

    @Override
    public void put(Digest digest, String mediaType, ByteBuffer content) throws IOException {
        blobs.put(digest, content);
    }

    /** Makes the disk, whose blobs were all put here, an image, and lets {@code tag} name it. */
    public ImageDetails publish(Tag tag, WrittenDisk written, DiskConfig config) throws IOException {
        byte[] configJson = config.toJson();
        BlobDescriptor configBlob = DiskManifest.config(configJson);
        blobs.put(configBlob.digest(), ByteBuffer.wrap(configJson));
        byte[] json = written.manifest(configBlob).toJson();
        StoredManifest manifest = new StoredManifest(Digest.sha256(json), DiskManifest.MEDIA_TYPE, json);
        manifests.put(repository, manifest, List.of(tag));
        blobs.keep();
        return images.read(repository, new Reference.ByTag(tag), manifest).details();
    }

    @Override
    public void close() throws IOException {
        blobs.close();
    }
}
