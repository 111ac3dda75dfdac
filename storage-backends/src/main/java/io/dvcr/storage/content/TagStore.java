package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The tags of every repository: each one small object that holds a digest. Thread-safe. */
public final class TagStore {
    private static final int PAGE = 1000;
    private static final int MAX_ENTRY_BYTES = 256;

    private final ObjectStore store;
    private final RepositoryLocks locks = new RepositoryLocks();

    TagStore(ObjectStore store) {
        this.store = store;
    }

    /** The digest that {@code tag} names, or empty if there is no such tag. */
    public Optional<Digest> resolve(RepositoryName repository, Tag tag) throws IOException {
        try (InputStream in = store.read(StoreLayout.tag(repository, tag), ByteRange.all(MAX_ENTRY_BYTES))) {
            String text = new String(in.readAllBytes(), US_ASCII);
            return Optional.of(Digest.tryParse(text)
                    .orElseThrow(() -> new IOException("damaged tag " + repository + ":" + tag + ": " + text)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes {@code tag} name a manifest that the repository has.
     *
     * @throws RegistryException with {@link ManifestUnknown} if it has been deleted meanwhile
     */
    public void put(RepositoryName repository, Tag tag, Digest manifest) throws IOException {
        try (RepositoryLocks.Held _ = locks.hold(repository)) {
            if (store.head(StoreLayout.manifest(repository, manifest)).isEmpty()) {
                throw new RegistryException(new ManifestUnknown(repository, new Reference.ByDigest(manifest)));
            }
            store.put(StoreLayout.tag(repository, tag), US_ASCII.encode(manifest.toString()));
        }
    }

    /** Deletes the tag, not the manifest; returns whether there was one. */
    public boolean delete(RepositoryName repository, Tag tag) throws IOException {
        return store.delete(StoreLayout.tag(repository, tag));
    }

    /** The first {@code limit} tags in lexical order that come behind {@code after}. */
    public List<Tag> list(RepositoryName repository, Optional<String> after, int limit) throws IOException {
        String prefix = StoreLayout.tags(repository);
        return store.list(prefix, after.map(last -> prefix + last), limit).stream()
                .map(TagStore::tagOf)
                .toList();
    }

    /** Whether some tag of the repository names {@code manifest}. */
    public boolean isNamed(RepositoryName repository, Digest manifest) throws IOException {
        return !tagsNaming(repository, manifest).isEmpty();
    }

    /** Deletes the tags that name {@code manifest} and then, before another can, what {@code last} does. */
    void deleteAllNaming(RepositoryName repository, Digest manifest, Deletion last) throws IOException {
        try (RepositoryLocks.Held _ = locks.hold(repository)) {
            for (Tag tag : tagsNaming(repository, manifest)) {
                delete(repository, tag);
            }
            last.perform();
        }
    }

    interface Deletion {
        void perform() throws IOException;
    }

    private List<Tag> tagsNaming(RepositoryName repository, Digest manifest) throws IOException {
        List<Tag> naming = new ArrayList<>();
        Optional<String> after = Optional.empty();
        List<Tag> page;
        do {
            page = list(repository, after, PAGE);
            for (Tag tag : page) {
                if (resolve(repository, tag).equals(Optional.of(manifest))) {
                    naming.add(tag);
                }
                after = Optional.of(tag.value());
            }
        } while (page.size() == PAGE);
        return naming;
    }

    private static Tag tagOf(ObjectInfo entry) {
        return new Tag(entry.key().lastComponent());
    }
}
