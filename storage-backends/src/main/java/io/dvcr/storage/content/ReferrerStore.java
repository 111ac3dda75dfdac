package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
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
    private static final int PAGE = 1000;

    /** With a filter that few pass, a page may be short: its client waits no longer than for this many. */
    private static final int MAX_LOOKED_AT = 10 * PAGE;

    /** As large as a manifest may be by default; annotations can make every single descriptor almost that large. */
    private static final long MAX_PAGE_BYTES = 4L << 20;

    private final ObjectStore store;

    ReferrerStore(ObjectStore store) {
        this.store = store;
    }

    /**
     * The descriptors of the manifests in {@code repository} whose subject is {@code subject}, from behind {@code after}
     * on: up to {@code limit} of them, and no more than fit into a manifest.
     *
     * @param artifactType what the descriptors are filtered by
     */
    public ReferrerPage list(
            RepositoryName repository, Digest subject, Optional<String> artifactType, Optional<Digest> after, int limit)
            throws IOException {
        String prefix = StoreLayout.referrers(repository, subject);
        PageBuilder page = new PageBuilder(limit, after);
        for (int looked = 0; looked < MAX_LOOKED_AT; looked += PAGE) {
            Optional<String> afterKey = page.last.map(referrer -> prefix + StoreLayout.referrerName(referrer));
            List<ObjectInfo> entries = store.list(prefix, afterKey, PAGE);
            for (ObjectInfo entry : entries) {
                Optional<JsonNode> descriptor = read(repository, entry).filter(found -> isOfType(found, artifactType));
                if (descriptor.isPresent() && !page.add(descriptor.get(), entry.size())) {
                    return page.build();
                }
                page.last = Optional.of(StoreLayout.referrerOf(entry.key()));
            }
            if (entries.size() < PAGE) {
                return page.buildLast();
            }
        }
        return page.build();
    }

    /** Collects one page, and knows how far the collecting has come. */
    private static final class PageBuilder {
        private final int limit;
        private final List<JsonNode> descriptors = new ArrayList<>();
        private long bytes;
        private Optional<Digest> last;

        PageBuilder(int limit, Optional<Digest> after) {
            this.limit = limit;
            this.last = after;
        }

        /** Returns whether there was room. */
        boolean add(JsonNode descriptor, long size) {
            if (descriptors.size() == limit || (bytes + size > MAX_PAGE_BYTES && !descriptors.isEmpty())) {
                return false;
            }
            bytes += size;
            return descriptors.add(descriptor);
        }

        ReferrerPage build() {
            return new ReferrerPage(descriptors, last);
        }

        ReferrerPage buildLast() {
            return new ReferrerPage(descriptors, Optional.empty());
        }
    }

    private static boolean isOfType(JsonNode descriptor, Optional<String> artifactType) {
        return artifactType.isEmpty()
                || artifactType.get().equals(descriptor.path("artifactType").asText());
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
