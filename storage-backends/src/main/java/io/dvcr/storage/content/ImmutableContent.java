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
            if (seen.add(digest) && isManifest(repository, digest)) {
                Optional<Manifest> manifest = read(digest);
                if (manifest.isEmpty() || hasBlob(manifest.get(), content)) {
                    return true; // what cannot be read may lead there
                }
                manifest.get().manifests().forEach(child -> open.add(child.digest()));
            }
        }
        return false;
    }

    private boolean isManifest(RepositoryName repository, Digest digest) throws IOException {
        return store.head(StoreLayout.manifest(repository, digest)).isPresent();
    }

    private static boolean hasBlob(Manifest manifest, Digest content) {
        return manifest.blobs().stream().anyMatch(blob -> blob.digest().equals(content));
    }

    /** Empty if it is lost or damaged. */
    private Optional<Manifest> read(Digest digest) throws IOException {
        try (InputStream in = store.read(StoreLayout.blob(digest), ByteRange.all(Integer.MAX_VALUE))) {
            byte[] bytes = in.readAllBytes();
            return digest.isOf(bytes) ? Optional.of(Manifest.parseAny(bytes)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
