package io.dvcr.storage.content;

import io.dvcr.storage.Digest;
import io.dvcr.storage.RegistryError.TagImmutable;
import io.dvcr.storage.RegistryException;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectStore;
import io.dvcr.storage.policy.RepositoryPolicies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What immutable tags name and lead to: it must not be deleted. Thread-safe. */
final class ImmutableContent {
    private final ObjectStore store;
    private final TagStore tags;
    private final Supplier<RepositoryPolicies> policies;

    ImmutableContent(ObjectStore store, TagStore tags, Supplier<RepositoryPolicies> policies) {
        this.store = store;
        this.tags = tags;
        this.policies = policies;
    }

    /** @throws RegistryException with {@link TagImmutable} if an immutable tag leads to {@code content} */
    void requireNotNeeded(RepositoryName repository, Digest content) throws IOException {
        if (!policies.get().mayHaveImmutableTags(repository)) {
            return;
        }
        Set<Digest> seen = new HashSet<>();
        tags.forEach(repository, tag -> {
            if (policies.get().isImmutable(repository, tag.tag())
                    && leadsTo(repository, tag.manifest(), content, seen)) {
                throw new RegistryException(new TagImmutable(repository, tag.tag(), tag.manifest()));
            }
        });
    }

    /** @param seen the manifests that do not lead there; others are added */
    private boolean leadsTo(RepositoryName repository, Digest from, Digest content, Set<Digest> seen)
            throws IOException {
        Deque<Digest> open = new ArrayDeque<>(Set.of(from));
        while (!open.isEmpty()) {
            Digest digest = open.poll();
            if (digest.equals(content)) {
                return true;
            }
            Optional<Manifest> manifest = seen.add(digest) ? read(repository, digest) : Optional.empty();
            if (manifest.isPresent()) {
                if (manifest.get().blobs().stream()
                        .anyMatch(blob -> blob.digest().equals(content))) {
                    return true;
                }
                manifest.get().manifests().forEach(child -> open.add(child.digest()));
            }
        }
        return false;
    }

    private Optional<Manifest> read(RepositoryName repository, Digest manifest) throws IOException {
        if (store.head(StoreLayout.manifest(repository, manifest)).isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = store.read(StoreLayout.blob(manifest), ByteRange.all(Integer.MAX_VALUE))) {
            return Optional.of(Manifest.parseAny(in.readAllBytes()));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // deleted meanwhile
        }
    }
}
