package io.dvcr.importers.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.Tag;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What is known of mirrored repositories: which blobs and manifests they have, and what their tags named. Thread-safe. */
final class MirrorRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore store;

    MirrorRecords(ObjectStore store) {
        this.store = store;
    }

    /** A manifest that a repository has. */
    record KnownManifest(Digest digest, String mediaType, int size) {}

    /** What a tag named when it was asked. */
    record KnownTag(Digest manifest, Instant asked) {}

    /** The descriptors of what referred to something when it was asked. */
    record KnownReferrers(List<JsonNode> descriptors, Instant asked) {
        KnownReferrers {
            descriptors = List.copyOf(descriptors);
        }
    }

    /** The size of a blob in bytes, if the repository is known to have it. */
    Optional<Long> blobSize(RepositoryName repository, Digest blob) throws IOException {
        return read(StoreLayout.mirrorBlobLink(repository, blob))
                .map(json -> json.path("size").asLong());
    }

    void putBlob(RepositoryName repository, Digest blob, long size) throws IOException {
        put(
                StoreLayout.mirrorBlobLink(repository, blob),
                JSON.createObjectNode().put("size", size));
    }

    boolean deleteBlob(RepositoryName repository, Digest blob) throws IOException {
        return store.delete(StoreLayout.mirrorBlobLink(repository, blob));
    }

    Optional<KnownManifest> manifest(RepositoryName repository, Digest digest) throws IOException {
        return read(StoreLayout.mirrorManifest(repository, digest))
                .map(json -> new KnownManifest(
                        digest,
                        json.path("mediaType").asText(),
                        json.path("size").asInt()));
    }

    void putManifest(RepositoryName repository, KnownManifest manifest) throws IOException {
        put(
                StoreLayout.mirrorManifest(repository, manifest.digest()),
                JSON.createObjectNode().put("mediaType", manifest.mediaType()).put("size", manifest.size()));
    }

    boolean deleteManifest(RepositoryName repository, Digest digest) throws IOException {
        return store.delete(StoreLayout.mirrorManifest(repository, digest));
    }

    Optional<KnownTag> tag(RepositoryName repository, Tag tag) throws IOException {
        return read(StoreLayout.mirrorTag(repository, tag))
                .flatMap(json ->
                        Digest.tryParse(json.path("digest").asText()).map(digest -> new KnownTag(digest, asked(json))));
    }

    void putTag(RepositoryName repository, Tag tag, KnownTag known) throws IOException {
        put(
                StoreLayout.mirrorTag(repository, tag),
                JSON.createObjectNode()
                        .put("digest", known.manifest().toString())
                        .put("asked", known.asked().toEpochMilli()));
    }

    boolean deleteTag(RepositoryName repository, Tag tag) throws IOException {
        return store.delete(StoreLayout.mirrorTag(repository, tag));
    }

    /** The tags that are known, in lexical order. */
    List<Tag> tags(RepositoryName repository) throws IOException {
        List<Tag> tags = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.mirrorTags(repository),
                entry -> tags.add(new Tag(entry.key().lastComponent())));
        return List.copyOf(tags);
    }

    Optional<KnownReferrers> referrers(RepositoryName repository, Digest subject) throws IOException {
        return read(StoreLayout.mirrorReferrers(repository, subject)).map(json -> {
            List<JsonNode> descriptors = new ArrayList<>();
            json.path("manifests").forEach(descriptors::add);
            return new KnownReferrers(descriptors, asked(json));
        });
    }

    void putReferrers(RepositoryName repository, Digest subject, KnownReferrers known) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("asked", known.asked().toEpochMilli());
        json.putArray("manifests").addAll(known.descriptors());
        put(StoreLayout.mirrorReferrers(repository, subject), json);
    }

    /** One of the things that a repository has. */
    sealed interface Entry {
        record OfTag(Tag tag) implements Entry {}

        /** A blob or a manifest. */
        record OfContent(Digest digest) implements Entry {}
    }

    interface Visitor {
        void visit(RepositoryName repository, Entry entry) throws IOException;
    }

    /** Shows all tags, blobs and manifests of all repositories. */
    void forEach(Visitor visitor) throws IOException {
        ObjectPages.forEach(store, StoreLayout.MIRROR_REPOSITORIES, object -> {
            RepositoryName repository = StoreLayout.mirrorRepositoryOf(object.key());
            String key = object.key().value();
            if (key.contains("/_tags/")) {
                visitor.visit(repository, new Entry.OfTag(new Tag(object.key().lastComponent())));
            } else if (!key.contains("/_referrers/")) {
                visitor.visit(repository, new Entry.OfContent(StoreLayout.mirrorDigestOf(object.key())));
            }
        });
    }

    /** Forgets that repositories have {@code removed}, and tags that lead there: who asks for it has it fetched again. */
    void forget(List<MirroredRegistry> registries, Set<CacheKey> removed) throws IOException {
        if (removed.isEmpty()) {
            return;
        }
        forEach((repository, entry) -> {
            for (MirroredRegistry registry : registries) {
                if (registry.remoteName(repository).isPresent()) {
                    forget(repository, entry, digest -> removed.contains(new CacheKey(registry.prefix(), digest)));
                }
            }
        });
    }

    private void forget(RepositoryName repository, Entry entry, Predicate<Digest> isRemoved) throws IOException {
        switch (entry) {
            case Entry.OfTag(Tag tag) -> {
                if (tag(repository, tag)
                        .filter(known -> isRemoved.test(known.manifest()))
                        .isPresent()) {
                    deleteTag(repository, tag);
                }
            }
            case Entry.OfContent(Digest digest) -> {
                if (isRemoved.test(digest)) {
                    deleteBlob(repository, digest);
                    deleteManifest(repository, digest);
                }
            }
        }
    }

    private static Instant asked(JsonNode json) {
        return Instant.ofEpochMilli(json.path("asked").asLong());
    }

    private void put(ObjectKey key, JsonNode json) throws IOException {
        store.put(key, ByteBuffer.wrap(JSON.writeValueAsBytes(json)));
    }

    private Optional<JsonNode> read(ObjectKey key) throws IOException {
        try (InputStream in = store.read(key, ByteRange.all(Integer.MAX_VALUE))) {
            return Optional.of(JSON.readTree(in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
