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
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.Removal;
import io.dvcr.storage.policy.Removal.RemovedManifest;
import io.dvcr.storage.policy.Removal.RemovedTag;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

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
    private final DerivationStore derivations;
    private final Catalog catalog;
    private final RepositoryQuotas quotas;
    private final ImmutableContent immutable;
    private final RepositoryChanges changes;
    private final ManifestFamily family;

    ManifestStore(
            ObjectStore store,
            BlobStore blobs,
            TagStore tags,
            ReferrerStore referrers,
            DerivationStore derivations,
            Catalog catalog,
            RepositoryQuotas quotas,
            ImmutableContent immutable,
            RepositoryChanges changes) {
        this.store = store;
        this.blobs = blobs;
        this.tags = tags;
        this.referrers = referrers;
        this.derivations = derivations;
        this.catalog = catalog;
        this.quotas = quotas;
        this.immutable = immutable;
        this.changes = changes;
        this.family = new ManifestFamily(store, tags, this);
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
        Manifest parsed = manifest.parsed();
        for (Tag tag : names) {
            tags.requireMayName(repository, tag, manifest.digest());
        }
        ObjectKey pending = StoreLayout.pending(UUID.randomUUID());
        store.put(pending, ByteBuffer.wrap(manifest.content())); // from here on nothing that it names is garbage
        try {
            requireBlobs(repository, parsed);
            changes.add(repository, () -> {
                requireChildren(repository, parsed);
                add(repository, manifest, parsed);
                for (Tag tag : names) {
                    tags.put(repository, tag, manifest.digest());
                }
            });
        } finally {
            store.delete(pending);
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
        for (Descriptor blob : manifest.blobs()) {
            if (blobs.find(repository, blob.digest()).isEmpty()) {
                throw new RegistryException(new ManifestBlobUnknown(blob.digest()));
            }
        }
    }

    private void requireChildren(RepositoryName repository, Manifest manifest) throws IOException {
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
     * @throws RegistryException with {@link ManifestUnknown} if the repository has no such manifest, or with
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if an immutable tag leads to it
     */
    public void delete(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(repository, () -> deletion(repository, digest, Set.of()), this::delete);
    }

    /** As {@link #delete}, unless a tag or another manifest leads to it, or it is gone. */
    public void deleteIfAlone(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(
                repository,
                () -> has(repository, digest) && family.isAlone(repository, digest)
                        ? deletion(repository, digest, Set.of())
                        : new Deletion(repository, List.of(), Map.of()),
                this::delete);
    }

    /** As {@link #delete}, and of an index also the manifests that it lists and nothing else leads to. */
    public void deleteWhole(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(
                repository, () -> deletion(repository, digest, family.onlyBelow(repository, digest)), this::delete);
    }

    /**
     * Deletes the tag, and the manifest with its last tag.
     *
     * @throws RegistryException with {@link ManifestUnknown} if the repository has no such tag, or with
     *     {@link io.dvcr.storage.RegistryError.TagImmutable} if it, or what would go with it, stays for ever
     */
    public void untag(RepositoryName repository, Tag tag) throws IOException {
        changes.remove(repository, () -> untagging(repository, tag, _ -> Set.of()), this::delete);
    }

    /** As {@link #untag}, and with an index also the manifests that it lists and nothing else leads to. */
    public void untagWhole(RepositoryName repository, Tag tag) throws IOException {
        changes.remove(
                repository,
                () -> untagging(repository, tag, index -> family.onlyBelow(repository, index)),
                this::delete);
    }

    private interface Below {
        Set<Digest> of(Digest manifest) throws IOException;
    }

    private Deletion untagging(RepositoryName repository, Tag tag, Below below) throws IOException {
        tags.requireMutable(repository, tag);
        Digest digest = get(repository, new Reference.ByTag(tag)).digest();
        return tags.tagsNaming(repository, digest).equals(List.of(tag))
                ? deletion(repository, digest, below.of(digest))
                : new Deletion(repository, List.of(tag), Map.of());
    }

    private Deletion deletion(RepositoryName repository, Digest digest, Set<Digest> below) throws IOException {
        if (!has(repository, digest)) {
            throw new RegistryException(new ManifestUnknown(repository, new Reference.ByDigest(digest)));
        }
        immutable.requireNotNeeded(repository, digest);
        Map<Digest, Optional<Digest>> subjects = new LinkedHashMap<>();
        subjects.put(digest, subject(repository, digest));
        for (Digest child : below) {
            subjects.put(child, subject(repository, child));
        }
        return new Deletion(repository, tags.tagsNaming(repository, digest), subjects);
    }

    private Optional<Digest> subject(RepositoryName repository, Digest digest) throws IOException {
        return find(repository, digest)
                .flatMap(ManifestStore::parseIfSound)
                .flatMap(Manifest::subject)
                .map(Descriptor::digest);
    }

    /**
     * What goes together.
     *
     * @param manifests the first before those it leads to; with the subject of each
     */
    private record Deletion(RepositoryName repository, List<Tag> tags, Map<Digest, Optional<Digest>> manifests) {}

    private void delete(Deletion deletion) throws IOException {
        for (Tag tag : deletion.tags()) {
            tags.delete(deletion.repository(), tag);
        }
        for (Map.Entry<Digest, Optional<Digest>> manifest : deletion.manifests().entrySet()) {
            remove(deletion.repository(), manifest.getKey(), manifest.getValue());
        }
        if (!deletion.manifests().isEmpty()) {
            forgetIfEmpty(deletion.repository());
        }
    }

    /** Removes what retention planned, unless the repository was added to since it had {@code additions}. */
    boolean removeIfUnchanged(RepositoryName repository, Removal removal, long additions) throws IOException {
        return changes.removeIfUnchanged(repository, additions, () -> {
            for (RemovedTag tag : removal.tags()) {
                tags.delete(repository, tag.entry().tag());
            }
            for (RemovedManifest manifest : removal.manifests()) {
                remove(repository, manifest.entry().digest(), manifest.entry().subject());
            }
            forgetIfEmpty(repository);
        });
    }

    private void remove(RepositoryName repository, Digest digest, Optional<Digest> subject) throws IOException {
        store.delete(StoreLayout.manifest(repository, digest));
        if (subject.isPresent()) {
            referrers.remove(repository, subject.get(), digest);
        }
        removeDerived(repository, digest);
        quotas.freed(repository);
    }

    /** What the registry made of a manifest goes with it, unless somebody has tagged it since. */
    private void removeDerived(RepositoryName repository, Digest digest) throws IOException {
        Optional<Derivation> derivation = derivations.find(repository, digest);
        if (derivation.isEmpty()) {
            return;
        }
        Optional<Digest> derived = derivation.get().derived();
        if (derived.isPresent()
                && has(repository, derived.get())
                && tags.tagsNaming(repository, derived.get()).isEmpty()) {
            remove(repository, derived.get(), Optional.of(digest));
        }
        derivations.delete(repository, digest); // last: a crash before leads garbage collection to what is left
    }

    /** Removes what was made of a manifest if that was deleted while it was being made. */
    public void removeDerivedUnlessThere(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(repository, () -> has(repository, digest), there -> {
            if (!there) {
                removeDerived(repository, digest);
                forgetIfEmpty(repository);
            }
        });
    }

    /** What a stored manifest names, nothing if it has just been deleted; empty if its bytes are lost or damaged. */
    Optional<Set<Digest>> namedBy(RepositoryName repository, Digest digest) throws IOException {
        Optional<StoredManifest> stored = find(repository, digest);
        if (stored.isEmpty()) {
            return has(repository, digest) ? Optional.empty() : Optional.of(Set.of());
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
        Optional<StoredManifest> stored = find(repository, manifest);
        if (stored.isEmpty()) {
            lacking.add(manifest);
        } else {
            addLacking(repository, stored.get(), lacking);
        }
        return has(repository, manifest) ? lacking : Set.of();
    }

    private void addLacking(RepositoryName repository, StoredManifest stored, Set<Digest> lacking) throws IOException {
        Optional<Manifest> manifest = parseIfSound(stored);
        if (manifest.isEmpty()) {
            lacking.add(stored.digest());
            return;
        }
        for (Descriptor blob : manifest.get().blobs()) {
            if (blobs.find(repository, blob.digest()).isEmpty()) {
                lacking.add(blob.digest());
            }
        }
        for (Descriptor child : manifest.get().manifests()) {
            if (blobs.find(child.digest()).isEmpty()) {
                lacking.add(child.digest());
            }
        }
    }

    static Optional<Manifest> parseIfSound(StoredManifest stored) {
        try {
            return Optional.of(stored.parsed());
        } catch (RegistryException e) {
            return Optional.empty(); // it was sound when it was pushed
        }
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

    /** Removes what the crash of a push or of a deletion left: all that announces manifests of which none is known. */
    void tidy(RepositoryName repository, Predicate<Digest> known) throws IOException {
        forgetIfEmpty(repository);
        referrers.removeUnless(repository, known);
        derivations.forEach(repository, (_, manifest, _) -> {
            if (!known.test(manifest)) {
                removeDerivedUnlessThere(repository, manifest);
            }
        });
    }

    /** A repository without a manifest is no longer listed. */
    private void forgetIfEmpty(RepositoryName repository) throws IOException {
        if (isEmpty(repository) && catalog.contains(repository)) {
            catalog.remove(repository);
            if (!isEmpty(repository)) {
                catalog.add(repository); // a push came between
            }
        }
    }

    private boolean isEmpty(RepositoryName repository) throws IOException {
        return store.list(StoreLayout.manifests(repository), Optional.empty(), 1)
                .isEmpty();
    }
}
