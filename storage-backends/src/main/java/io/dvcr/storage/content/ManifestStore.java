package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestBlobUnknown;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

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

    ManifestStore(ObjectStore store, BlobStore blobs, TagStore tags, ReferrerStore referrers, Catalog catalog) {
        this.store = store;
        this.blobs = blobs;
        this.tags = tags;
        this.referrers = referrers;
        this.catalog = catalog;
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
            String mediaType = JSON.readTree(in).path("mediaType").asText();
            Blob blob = blobs.find(digest).orElseThrow(() -> new IOException("content is lost: manifest " + digest));
            return Optional.of(new StoredManifest(digest, mediaType, blobs.readAll(blob)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Stores a manifest whose digest the caller has verified, and its entry among the referrers of its subject.
     *
     * @throws RegistryException with {@link io.dvcr.storage.RegistryError.ManifestInvalid} if it is malformed, or
     *     {@link ManifestBlobUnknown} if the repository lacks content that it names
     */
    public Manifest put(RepositoryName repository, StoredManifest manifest) throws IOException {
        Manifest parsed = manifest.parsed();
        ObjectKey pending = StoreLayout.pending(UUID.randomUUID());
        store.put(pending, ByteBuffer.wrap(manifest.content())); // from here on nothing that it names is garbage
        try {
            put(repository, manifest, parsed);
        } finally {
            store.delete(pending);
        }
        return parsed;
    }

    private void put(RepositoryName repository, StoredManifest manifest, Manifest parsed) throws IOException {
        requireContent(repository, parsed);
        blobs.put(manifest.digest(), ByteBuffer.wrap(manifest.content()));
        catalog.add(repository);
        if (parsed.subject().isPresent()) {
            referrers.add(repository, parsed.subject().get().digest(), manifest, parsed);
        }
        store.put(StoreLayout.manifest(repository, manifest.digest()), entry(manifest));
    }

    private void requireContent(RepositoryName repository, Manifest manifest) throws IOException {
        for (Descriptor blob : manifest.blobs()) {
            if (blobs.find(repository, blob.digest()).isEmpty()) {
                throw new RegistryException(new ManifestBlobUnknown(blob.digest()));
            }
        }
        for (Descriptor child : manifest.manifests()) {
            if (!has(repository, child.digest())) {
                throw new RegistryException(new ManifestBlobUnknown(child.digest()));
            }
        }
    }

    private boolean has(RepositoryName repository, Digest digest) throws IOException {
        return store.head(StoreLayout.manifest(repository, digest)).isPresent();
    }

    private static ByteBuffer entry(StoredManifest manifest) throws IOException {
        JsonNode json =
                JSON.createObjectNode().put("mediaType", manifest.mediaType()).put("size", manifest.content().length);
        return ByteBuffer.wrap(JSON.writeValueAsBytes(json));
    }

    /**
     * Deletes the manifest and every tag that names it.
     *
     * @throws RegistryException with {@link ManifestUnknown} if the repository has no such manifest
     */
    public void delete(RepositoryName repository, Digest digest) throws IOException {
        StoredManifest manifest = get(repository, new Reference.ByDigest(digest));
        tags.deleteAllNaming(repository, digest);
        store.delete(StoreLayout.manifest(repository, digest));
        Optional<Descriptor> subject = manifest.parsed().subject();
        if (subject.isPresent()) {
            referrers.remove(repository, subject.get().digest(), digest);
        }
        forgetIfEmpty(repository);
    }

    /** What a stored manifest names; empty if it has just been deleted. */
    Set<Digest> namedBy(RepositoryName repository, Digest manifest) throws IOException {
        Optional<StoredManifest> stored = find(repository, manifest);
        return stored.isPresent() ? named(stored.get().parsed()) : Set.of();
    }

    /** What a manifest that is being pushed names; empty if it is there, or refused, by now. */
    Set<Digest> namedByPending(ObjectInfo pending) throws IOException {
        try (InputStream in = store.read(pending.key(), ByteRange.all(pending.size()))) {
            byte[] content = in.readAllBytes();
            Set<Digest> named = named(Manifest.parseAny(content));
            named.add(Digest.of(Algorithm.SHA256, Algorithm.SHA256.newHash().digest(content)));
            named.add(Digest.of(Algorithm.SHA512, Algorithm.SHA512.newHash().digest(content)));
            return named;
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }

    private static Set<Digest> named(Manifest manifest) {
        Set<Digest> named = new HashSet<>();
        manifest.blobs().forEach(blob -> named.add(blob.digest()));
        manifest.manifests().forEach(child -> named.add(child.digest()));
        return named;
    }

    /** A repository without a manifest is no longer listed. */
    private void forgetIfEmpty(RepositoryName repository) throws IOException {
        if (store.list(StoreLayout.manifests(repository), Optional.empty(), 1).isEmpty()) {
            catalog.remove(repository);
        }
    }
}
