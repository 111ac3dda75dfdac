package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.lease.Fence;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;

/**
 * The manifests of every repository. Their bytes lie among the blobs; a repository has a manifest when it holds an entry
 * for it. Writes go in such an order that a crash between two of them leaves at most content that nothing names.
 * Thread-safe.
 */
public final class ManifestStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore store;
    private final BlobStore blobs;
    private final TagStore tags;
    private final ReferrerStore referrers;
    private final Catalog catalog;
    private final RepositoryChanges changes;
    private final Holds holds;

    ManifestStore(
            ObjectStore store,
            BlobStore blobs,
            TagStore tags,
            ReferrerStore referrers,
            Catalog catalog,
            RepositoryChanges changes,
            Holds holds) {
        this.store = store;
        this.blobs = blobs;
        this.tags = tags;
        this.referrers = referrers;
        this.catalog = catalog;
        this.changes = changes;
        this.holds = holds;
    }

    /** @throws RegistryException with {@link ManifestUnknown} if the repository has no such manifest */
    public StoredManifest get(RepositoryName repository, Reference reference) throws IOException {
        return find(repository, reference)
                .orElseThrow(() -> new RegistryException(new ManifestUnknown(repository, reference)));
    }

    /** The manifest, if the repository has it. */
    public Optional<StoredManifest> find(RepositoryName repository, Reference reference) throws IOException {
        Optional<Digest> digest = switch (reference) {
            case Reference.ByTag(Tag tag) -> tags.resolve(repository, tag);
            case Reference.ByDigest(Digest named) -> Optional.of(named);
        };
        return digest.isPresent() ? find(repository, digest.get()) : Optional.empty();
    }

    private Optional<StoredManifest> find(RepositoryName repository, Digest digest) throws IOException {
        ObjectKey entry = StoreLayout.manifest(repository, digest);
        try (InputStream in = store.read(entry, ByteRange.all(Integer.MAX_VALUE))) {
            String mediaType = mediaTypeOf(in);
            Optional<Blob> blob = blobs.find(digest);
            return blob.isPresent()
                    ? Optional.of(new StoredManifest(digest, mediaType, blobs.readAll(blob.get())))
                    : Optional.empty(); // its bytes are lost or in quarantine, until it is pushed again
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The manifests of a repository that were stored last, the newest first, {@code max} at most. */
    public List<Digest> newest(RepositoryName repository, int max) throws IOException {
        Comparator<ObjectInfo> byAge = Comparator.comparing(ObjectInfo::modified);
        Queue<ObjectInfo> newest = new PriorityQueue<>(byAge);
        ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
            newest.add(entry);
            if (newest.size() > max) {
                newest.remove();
            }
        });
        return newest.stream()
                .sorted(byAge.reversed())
                .map(entry -> StoreLayout.digestOf(entry.key()))
                .toList();
    }

    /** Stores a manifest that gets no tag: {@link #put(RepositoryName, StoredManifest, List)}. */
    public Manifest put(RepositoryName repository, StoredManifest manifest) throws IOException {
        return put(repository, manifest, List.of());
    }

    /**
     * Stores a manifest whose digest the caller has verified, and its entry among the referrers of its subject, and lets
     * {@code names} name it.
     *
     * @throws RegistryException with {@link io.dvcr.storage.RegistryError.ManifestInvalid} if it is malformed,
     *     {@link ManifestBlobUnknown} if the repository lacks content that it names,
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if a tag names another manifest for ever, or
     *     {@link io.dvcr.storage.RegistryError.QuotaExceeded} if the repository has no room for it
     */
    public Manifest put(RepositoryName repository, StoredManifest manifest, List<Tag> names) throws IOException {
        return put(repository, manifest, names, tags.unfenced());
    }

    /**
     * As {@link #put(RepositoryName, StoredManifest, List)}, with names that are given through a fence.
     *
     * @throws io.dvcr.storage.lease.LeaseLostException if that does not let them through
     */
    public Manifest put(RepositoryName repository, StoredManifest manifest, List<Tag> names, Fence fence)
            throws IOException {
        Manifest parsed = manifest.parsed();
        for (Tag tag : names) {
            tags.requireMayName(repository, tag, manifest.digest());
        }
        try (Hold hold = holds.hold(manifest.content())) { // from here on nothing that it names is garbage
            requireBlobs(repository, parsed);
            changes.add(repository, () -> {
                requireChildren(repository, parsed);
                add(repository, manifest, parsed);
                if (!hold.isSure()) {
                    requireBlobsOrRemove(repository, manifest.digest(), parsed);
                }
                for (Tag tag : names) {
                    tags.put(repository, tag, manifest.digest(), fence);
                }
            });
        }
        return parsed;
    }

    private void add(RepositoryName repository, StoredManifest manifest, Manifest parsed) throws IOException {
        try (Charge charge = charge(repository, manifest)) {
            blobs.put(manifest.digest(), ByteBuffer.wrap(manifest.content()));
            catalog.add(repository);
            referrers.add(repository, manifest, parsed);
            store.put(StoreLayout.manifest(repository, manifest.digest()), entry(manifest));
            // Whoever removes these looks for the entry again and then restores them, as do we if that was before the
            // entry.
            catalog.add(repository);
            referrers.addIfAbsent(repository, manifest, parsed);
            charge.settle();
        }
    }

    private Charge charge(RepositoryName repository, StoredManifest manifest) throws IOException {
        return has(repository, manifest.digest())
                ? Charge.none()
                : blobs.charge(repository, manifest.digest(), manifest.content().length);
    }

    private void requireBlobs(RepositoryName repository, Manifest manifest) throws IOException {
        Optional<Descriptor> lacking = Together.first(
                manifest.blobs(), blob -> blobs.find(repository, blob.digest()).isEmpty());
        if (lacking.isPresent()) {
            throw new RegistryException(new ManifestBlobUnknown(lacking.get().digest()));
        }
    }

    /** If the hold may have been taken for a dead server's, what it held may be gone: since the entry is there it stays. */
    private void requireBlobsOrRemove(RepositoryName repository, Digest digest, Manifest manifest) throws IOException {
        try {
            requireBlobs(repository, manifest);
        } catch (RegistryException e) {
            store.delete(StoreLayout.manifest(repository, digest));
            throw e;
        }
    }

    private void requireChildren(RepositoryName repository, Manifest manifest) throws IOException {
        for (Descriptor child : manifest.manifests()) {
            if (!has(repository, child.digest())) {
                throw new RegistryException(new ManifestBlobUnknown(child.digest()));
            }
        }
    }

    boolean has(RepositoryName repository, Digest digest) throws IOException {
        return store.head(StoreLayout.manifest(repository, digest)).isPresent();
    }

    /** What an entry says that its manifest was pushed with. */
    static String mediaTypeOf(InputStream entry) throws IOException {
        return JSON.readTree(entry).path("mediaType").asText();
    }

    private static ByteBuffer entry(StoredManifest manifest) throws IOException {
        JsonNode json =
                JSON.createObjectNode().put("mediaType", manifest.mediaType()).put("size", manifest.content().length);
        return ByteBuffer.wrap(JSON.writeValueAsBytes(json));
    }
}
