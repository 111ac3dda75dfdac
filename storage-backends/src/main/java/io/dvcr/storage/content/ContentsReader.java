package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.Removal;
import io.dvcr.storage.policy.RepositoryContents;
import io.dvcr.storage.policy.RepositoryContents.LinkedManifest;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Looks at what a repository holds, for retention to judge. Thread-safe. */
final class ContentsReader {
    private final ObjectStore store;
    private final TagStore tags;
    private final ManifestStore manifests;

    ContentsReader(ObjectStore store, TagStore tags, ManifestStore manifests) {
        this.store = store;
        this.tags = tags;
        this.manifests = manifests;
    }

    /** @throws IOException if a manifest is lost or damaged, so that nobody knows what it leads to */
    RepositoryContents read(RepositoryName repository) throws IOException {
        List<TaggedManifest> named = new ArrayList<>();
        tags.forEach(repository, named::add);
        List<LinkedManifest> links = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.manifests(repository),
                entry -> link(repository, entry).ifPresent(links::add));
        return new RepositoryContents(repository, named, links);
    }

    /** Empty if it has just been deleted. */
    private Optional<LinkedManifest> link(RepositoryName repository, ObjectInfo entry) throws IOException {
        Digest digest = StoreLayout.digestOf(entry.key());
        Optional<LinkedManifest> sound = manifests
                .find(repository, new Reference.ByDigest(digest))
                .filter(stored -> digest.isOf(stored.content()))
                .flatMap(stored -> link(stored, entry.modified()));
        if (sound.isEmpty() && store.head(entry.key()).isPresent()) {
            throw new IOException("manifest " + digest + " of " + repository + " is lost or damaged");
        }
        return sound;
    }

    private static Optional<LinkedManifest> link(StoredManifest stored, Instant pushed) {
        return stored.parsedIfSound()
                .map(manifest -> new LinkedManifest(
                        stored.digest(),
                        stored.mediaType(),
                        pushed,
                        children(manifest),
                        manifest.subject().map(Descriptor::digest)));
    }

    private static Set<Digest> children(Manifest manifest) {
        return manifest.manifests().stream().map(Descriptor::digest).collect(Collectors.toSet());
    }

    /** Whether what is to go is as it was when it was read: another server may have pushed it again. */
    boolean isAsRead(RepositoryName repository, Removal removal) throws IOException {
        for (Removal.RemovedTag tag : removal.tags()) {
            if (!isOf(
                    StoreLayout.tag(repository, tag.entry().tag()), tag.entry().pushed())) {
                return false;
            }
        }
        for (Removal.RemovedManifest manifest : removal.manifests()) {
            LinkedManifest entry = manifest.entry();
            if (!isOf(StoreLayout.manifest(repository, entry.digest()), entry.pushed())) {
                return false;
            }
        }
        return true;
    }

    private boolean isOf(ObjectKey key, Instant modified) throws IOException {
        return store.head(key).map(ObjectInfo::modified).equals(Optional.of(modified));
    }
}
