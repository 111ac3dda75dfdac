package io.dvcr.storage.content;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dvcr.storage.Digest;
import io.dvcr.storage.Reference;
import io.dvcr.storage.RegistryError.ManifestUnknown;
import io.dvcr.storage.RegistryError.TagImmutable;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.lease.Fence;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.RepositoryContents.TaggedManifest;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The tags of every repository: each one small object that holds a digest. A tag that a rule makes immutable is given
 * once and stays. Thread-safe.
 */
public final class TagStore {
    private static final int MAX_ENTRY_BYTES = 256;

    private final ObjectStore store;
    private final Supplier<RepositoryPolicies> policies;
    private final RepositoryChanges changes;

    TagStore(ObjectStore store, Supplier<RepositoryPolicies> policies, RepositoryChanges changes) {
        this.store = store;
        this.policies = policies;
        this.changes = changes;
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
     * @throws RegistryException with {@link ManifestUnknown} if that has been deleted meanwhile, or with
     *     {@link TagImmutable} if the tag names another one for ever
     */
    public void put(RepositoryName repository, Tag tag, Digest manifest) throws IOException {
        put(repository, tag, manifest, unfenced());
    }

    /** As {@link #put(RepositoryName, Tag, Digest)}, if {@code fence} lets it through. */
    void put(RepositoryName repository, Tag tag, Digest manifest, Fence fence) throws IOException {
        ByteBuffer entry = US_ASCII.encode(manifest.toString());
        changes.add(repository, () -> {
            requireMayName(repository, tag, manifest);
            if (store.head(StoreLayout.manifest(repository, manifest)).isEmpty()) {
                throw new RegistryException(new ManifestUnknown(repository, new Reference.ByDigest(manifest)));
            }
            if (!policies.get().isImmutable(repository, tag)) {
                fence.put(StoreLayout.tag(repository, tag), entry);
                return;
            }
            Optional<Digest> there;
            do {
                fence.putUnlessTaken(StoreLayout.tag(repository, tag), entry.duplicate());
                there = resolve(repository, tag);
            } while (there.isEmpty()); // deleted just now, by one whose rules are others
            requireSame(repository, tag, there.get(), manifest);
        });
    }

    /** For who needs no right to name a manifest. */
    public Fence unfenced() {
        return Fence.none(store);
    }

    private static void requireSame(RepositoryName repository, Tag tag, Digest there, Digest wanted) {
        if (!there.equals(wanted)) {
            throw new RegistryException(new TagImmutable(repository, tag, there));
        }
    }

    /** @throws RegistryException with {@link TagImmutable} if {@link #put} would not let the tag name this manifest */
    void requireMayName(RepositoryName repository, Tag tag, Digest manifest) throws IOException {
        if (policies.get().isImmutable(repository, tag)) {
            resolve(repository, tag).ifPresent(there -> requireSame(repository, tag, there, manifest));
        }
    }

    /** @throws RegistryException with {@link TagImmutable} if the tag exists and may be neither moved nor deleted */
    public void requireMutable(RepositoryName repository, Tag tag) throws IOException {
        if (policies.get().isImmutable(repository, tag)) {
            resolve(repository, tag).ifPresent(there -> {
                throw new RegistryException(new TagImmutable(repository, tag, there));
            });
        }
    }

    /**
     * Deletes the tag, not the manifest; returns whether there was one.
     *
     * @throws RegistryException with {@link TagImmutable} if it stays for ever
     */
    public boolean delete(RepositoryName repository, Tag tag) throws IOException {
        requireMutable(repository, tag);
        return !policies.get().isImmutable(repository, tag) && store.delete(StoreLayout.tag(repository, tag));
    }

    /** The first {@code limit} tags in lexical order that come behind {@code after}. */
    public List<Tag> list(RepositoryName repository, Optional<String> after, int limit) throws IOException {
        String prefix = StoreLayout.tags(repository);
        return store.list(prefix, after.map(last -> prefix + last), limit).stream()
                .map(TagStore::tagOf)
                .toList();
    }

    /** The tags that name {@code manifest}. */
    List<Tag> tagsNaming(RepositoryName repository, Digest manifest) throws IOException {
        List<Tag> naming = new ArrayList<>();
        forEach(repository, tag -> {
            if (tag.manifest().equals(manifest)) {
                naming.add(tag.tag());
            }
        });
        return naming;
    }

    interface Visitor {
        void visit(TaggedManifest tag) throws IOException;
    }

    /** Shows {@code visitor} every tag of the repository, in lexical order. */
    void forEach(RepositoryName repository, Visitor visitor) throws IOException {
        ObjectPages.forEach(store, StoreLayout.tags(repository), entry -> {
            Tag tag = tagOf(entry);
            Optional<Digest> manifest = resolve(repository, tag);
            if (manifest.isPresent()) {
                visitor.visit(new TaggedManifest(tag, manifest.get(), entry.modified()));
            }
        });
    }

    private static Tag tagOf(ObjectInfo entry) {
        return new Tag(entry.key().lastComponent());
    }
}
