package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which manifests go with an index. Thread-safe. */
final class ManifestFamily {
    private final ObjectStore store;
    private final TagStore tags;
    private final ManifestStore manifests;

    ManifestFamily(ObjectStore store, TagStore tags, ManifestStore manifests) {
        this.store = store;
        this.tags = tags;
        this.manifests = manifests;
    }

    /**
     * The manifests that {@code index} lists and to which neither a tag nor another manifest of the repository leads.
     * None if a manifest is damaged, for that may lead anywhere.
     */
    Set<Digest> onlyBelow(RepositoryName repository, Digest index) throws IOException {
        return ledToOnlyBy(index, repository, children(repository, index).orElse(List.of()));
    }

    /** An index of the repository that lists {@code manifest}, if there is one that can be read. */
    Optional<Digest> listing(RepositoryName repository, Digest manifest) throws IOException {
        List<Digest> indexes = new ArrayList<>(1);
        ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
            Digest other = StoreLayout.digestOf(entry.key());
            if (indexes.isEmpty()
                    && children(repository, other).orElse(List.of()).contains(manifest)) {
                indexes.add(other);
            }
        });
        return indexes.stream().findFirst();
    }

    /** Whether neither a tag nor another manifest of the repository leads to {@code manifest}, nor may. */
    boolean isAlone(RepositoryName repository, Digest manifest) throws IOException {
        return !ledToOnlyBy(manifest, repository, List.of(manifest)).isEmpty();
    }

    private Set<Digest> ledToOnlyBy(Digest leader, RepositoryName repository, List<Digest> candidates)
            throws IOException {
        Set<Digest> left = new LinkedHashSet<>(candidates);
        if (left.isEmpty()) {
            return left;
        }
        ObjectPages.forEach(store, StoreLayout.manifests(repository), entry -> {
            Digest other = StoreLayout.digestOf(entry.key());
            if (!other.equals(leader)) {
                children(repository, other).ifPresentOrElse(left::removeAll, left::clear);
            }
        });
        tags.forEach(repository, tag -> left.remove(tag.manifest()));
        return left;
    }

    /** Empty if the manifest is damaged. */
    private Optional<List<Digest>> children(RepositoryName repository, Digest digest) throws IOException {
        return manifests
                .find(repository, new Reference.ByDigest(digest))
                .flatMap(StoredManifest::parsedIfSound)
                .map(manifest ->
                        manifest.manifests().stream().map(Descriptor::digest).toList());
    }
}
