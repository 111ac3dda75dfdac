package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Digest.Algorithm;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What manifests need: garbage collection leaves it alone, scrub looks whether it is there. Thread-safe. */
final class ManifestNeeds {
    private final ObjectStore store;
    private final BlobStore blobs;
    private final ManifestStore manifests;

    ManifestNeeds(ObjectStore store, BlobStore blobs, ManifestStore manifests) {
        this.store = store;
        this.blobs = blobs;
        this.manifests = manifests;
    }

    /** What a stored manifest names, nothing if it has just been deleted; empty if its bytes are lost or damaged. */
    Optional<Set<Digest>> namedBy(RepositoryName repository, Digest digest) throws IOException {
        Optional<StoredManifest> stored = manifests.find(repository, new Reference.ByDigest(digest));
        if (stored.isEmpty()) {
            return manifests.has(repository, digest) ? Optional.empty() : Optional.of(Set.of());
        }
        byte[] content = stored.get().content();
        return digest.isOf(content) ? Optional.of(NamedDigests.in(content)) : Optional.empty();
    }

    /** What {@code manifest} names that the repository lacks, be it the manifest's own bytes. */
    Set<Digest> lacking(RepositoryName repository, Digest manifest) throws IOException {
        Set<Digest> lacking = lackingNow(repository, manifest);
        if (!lacking.isEmpty()) {
            lacking.retainAll(lackingNow(repository, manifest)); // it may just have been deleted
        }
        return lacking;
    }

    private Set<Digest> lackingNow(RepositoryName repository, Digest manifest) throws IOException {
        Set<Digest> lacking = new LinkedHashSet<>();
        Optional<StoredManifest> stored = manifests.find(repository, new Reference.ByDigest(manifest));
        if (stored.isEmpty()) {
            lacking.add(manifest);
        } else {
            addLacking(repository, stored.get(), lacking);
        }
        return manifests.has(repository, manifest) ? lacking : Set.of();
    }

    private void addLacking(RepositoryName repository, StoredManifest stored, Set<Digest> lacking) throws IOException {
        Optional<Manifest> manifest = stored.parsedIfSound();
        if (manifest.isEmpty()) {
            lacking.add(stored.digest());
            return;
        }
        lacking.addAll(lacking(
                manifest.get(),
                blob -> blobs.find(repository, blob).isPresent(),
                child -> blobs.find(child).isPresent()));
    }

    /** Tells whether there is something. */
    interface Presence {
        boolean has(Digest digest) throws IOException;
    }

    /**
     * What {@code manifest} names that is not there.
     *
     * @param inRepository the blobs of its repository
     * @param anywhere all blobs there are, manifests among them
     */
    static Set<Digest> lacking(Manifest manifest, Presence inRepository, Presence anywhere) throws IOException {
        Set<Digest> lacking = new LinkedHashSet<>();
        for (Descriptor blob : manifest.blobs()) {
            if (!inRepository.has(blob.digest())) {
                lacking.add(blob.digest());
            }
        }
        for (Descriptor child : manifest.manifests()) {
            if (!anywhere.has(child.digest())) {
                lacking.add(child.digest());
            }
        }
        return lacking;
    }

    /** What a manifest that is being pushed names; empty if it is there, or refused, by now. */
    Set<Digest> namedByPending(ObjectInfo pending) throws IOException {
        try (InputStream in = store.read(pending.key(), ByteRange.all(pending.size()))) {
            byte[] content = in.readAllBytes();
            Set<Digest> named = NamedDigests.in(content);
            named.add(digestOf(Algorithm.SHA256, content));
            named.add(digestOf(Algorithm.SHA512, content));
            return named;
        } catch (NoSuchFileException e) {
            return Set.of();
        }
    }

    private static Digest digestOf(Algorithm algorithm, byte[] content) {
        return Digest.of(algorithm, algorithm.newHash().digest(content));
    }
}
