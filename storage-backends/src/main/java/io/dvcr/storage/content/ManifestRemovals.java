package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestListed;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.Removal;
import io.dvcr.storage.policy.Removal.RemovedManifest;
import io.dvcr.storage.policy.Removal.RemovedTag;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How manifests leave their repositories, and what goes with them. A manifest that an index of its repository lists does
 * not go before that. Each removes names first, so that a crash between two steps leaves at most content that nothing
 * names. Thread-safe.
 */
public final class ManifestRemovals {
    private final ObjectStore store;
    private final ManifestStore manifests;
    private final TagStore tags;
    private final ReferrerStore referrers;
    private final DerivationStore derivations;
    private final Catalog catalog;
    private final RepositoryQuotas quotas;
    private final ImmutableContent immutable;
    private final RepositoryChanges changes;
    private final ManifestFamily family;

    ManifestRemovals(
            ObjectStore store,
            ManifestStore manifests,
            TagStore tags,
            ReferrerStore referrers,
            DerivationStore derivations,
            Catalog catalog,
            RepositoryQuotas quotas,
            ImmutableContent immutable,
            RepositoryChanges changes) {
        this.store = store;
        this.manifests = manifests;
        this.tags = tags;
        this.referrers = referrers;
        this.derivations = derivations;
        this.catalog = catalog;
        this.quotas = quotas;
        this.immutable = immutable;
        this.changes = changes;
        this.family = new ManifestFamily(store, tags, manifests);
    }

    /**
     * Deletes the manifest and every tag that names it.
     *
     * @throws RegistryException with {@link ManifestUnknown} if the repository has no such manifest, with
     *     {@link ManifestListed} if an index lists it, or with {@link io.dvcr.storage.RegistryError.TagImmutable} if an
     *     immutable tag leads to it
     */
    public void delete(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(repository, () -> deletion(repository, digest, Set.of()), this::delete);
    }

    /** As {@link #delete}, unless a tag or another manifest leads to it, or it is gone. */
    public void deleteIfAlone(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(
                repository,
                () -> manifests.has(repository, digest) && family.isAlone(repository, digest)
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
     * Deletes the tag, and the manifest with its last tag unless an index lists it.
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
        Digest digest = manifests.get(repository, new Reference.ByTag(tag)).digest();
        boolean last = tags.tagsNaming(repository, digest).equals(List.of(tag));
        if (!last) {
            return new Deletion(repository, List.of(tag), Map.of());
        }
        return family.listing(repository, digest).isPresent()
                ? new Deletion(repository, List.of(tag), Map.of())
                : deletion(repository, digest, below.of(digest));
    }

    private Deletion deletion(RepositoryName repository, Digest digest, Set<Digest> below) throws IOException {
        if (!manifests.has(repository, digest)) {
            throw new RegistryException(new ManifestUnknown(repository, new Reference.ByDigest(digest)));
        }
        immutable.requireNotNeeded(repository, digest);
        Optional<Digest> index = family.listing(repository, digest);
        if (index.isPresent()) {
            List<Tag> names = tags.tagsNaming(repository, index.get());
            throw new RegistryException(new ManifestListed(repository, digest, index.get(), names));
        }
        Map<Digest, Optional<Digest>> subjects = new LinkedHashMap<>();
        subjects.put(digest, subject(repository, digest));
        for (Digest child : below) {
            subjects.put(child, subject(repository, child));
        }
        return new Deletion(repository, tags.tagsNaming(repository, digest), subjects);
    }

    private Optional<Digest> subject(RepositoryName repository, Digest digest) throws IOException {
        return manifests
                .find(repository, new Reference.ByDigest(digest))
                .flatMap(StoredManifest::parsedIfSound)
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
    boolean removeIfUnchanged(RepositoryName repository, Removal removal, Additions additions) throws IOException {
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

    /** What the registry made of a manifest goes with it, unless somebody has tagged or listed it since. */
    private void removeDerived(RepositoryName repository, Digest digest) throws IOException {
        Optional<Derivation> derivation = derivations.find(repository, digest);
        if (derivation.isEmpty()) {
            return;
        }
        Optional<Digest> derived = derivation.get().derived();
        if (derived.isPresent()
                && manifests.has(repository, derived.get())
                && tags.tagsNaming(repository, derived.get()).isEmpty()
                && family.listing(repository, derived.get()).isEmpty()) {
            remove(repository, derived.get(), Optional.of(digest));
        }
        derivations.delete(repository, digest); // last: a crash before leads garbage collection to what is left
    }

    /** Removes what was made of a manifest if that was deleted while it was being made. */
    public void removeDerivedUnlessThere(RepositoryName repository, Digest digest) throws IOException {
        changes.remove(repository, () -> manifests.has(repository, digest), there -> {
            if (!there) {
                removeDerived(repository, digest);
                forgetIfEmpty(repository);
            }
        });
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
