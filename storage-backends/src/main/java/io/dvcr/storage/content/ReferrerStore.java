package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which manifests name another one as their subject: what the referrers API of the OCI distribution specification,
 * section "Listing Referrers", lists. The subject need not be there. Thread-safe.
 */
public final class ReferrerStore {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore store;

    ReferrerStore(ObjectStore store) {
        this.store = store;
    }

    /** The descriptors of the manifests in {@code repository} whose subject is {@code subject}, as JSON objects. */
    public List<JsonNode> list(RepositoryName repository, Digest subject) throws IOException {
        List<JsonNode> descriptors = new ArrayList<>();
        ObjectPages.forEach(
                store,
                StoreLayout.referrers(repository, subject),
                entry -> read(repository, entry).ifPresent(descriptors::add));
        return List.copyOf(descriptors);
    }

    /** Empty if the entry is gone, or is what a crash left: an entry whose manifest was never, or is no longer, there. */
    private Optional<JsonNode> read(RepositoryName repository, ObjectInfo entry) throws IOException {
        try (InputStream in = store.read(entry.key(), ByteRange.all(entry.size()))) {
            JsonNode descriptor = JSON.readTree(in);
            Digest referrer = Digest.parse(descriptor.path("digest").asText());
            boolean present =
                    store.head(StoreLayout.manifest(repository, referrer)).isPresent();
            return present ? Optional.of(descriptor) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    void add(RepositoryName repository, Digest subject, StoredManifest referrer, Manifest parsed) throws IOException {
        Descriptor descriptor = new Descriptor(
                referrer.mediaType(),
                referrer.digest(),
                referrer.content().length,
                parsed.effectiveArtifactType(),
                parsed.annotations(),
                false);
        store.put(
                StoreLayout.referrer(repository, subject, referrer.digest()),
                ByteBuffer.wrap(JSON.writeValueAsBytes(descriptor.toJson())));
    }

    void remove(RepositoryName repository, Digest subject, Digest referrer) throws IOException {
        store.delete(StoreLayout.referrer(repository, subject, referrer));
    }
}
