package io.dvcr.storage.content;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ByteRange;
import io.dvcr.storage.object.ObjectInfo;
import io.dvcr.storage.object.ObjectKey;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

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
        Optional<byte[]> listed = content(entry.key());
        return listed.isPresent() && isStored(repository, StoreLayout.referrerOf(entry.key()))
                ? Optional.of(JSON.readTree(listed.get()))
                : Optional.empty();
    }

    private Optional<byte[]> content(ObjectKey entry) throws IOException {
        try (InputStream in = store.read(entry, ByteRange.all(Integer.MAX_VALUE))) {
            return Optional.of(in.readAllBytes());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private boolean isStored(RepositoryName repository, Digest manifest) throws IOException {
        return store.head(StoreLayout.manifest(repository, manifest)).isPresent();
    }

    /** Lists the manifest, if it has a subject. */
    void add(RepositoryName repository, StoredManifest referrer, Manifest parsed) throws IOException {
        if (parsed.subject().isPresent()) {
            store.put(key(repository, referrer, parsed.subject().get()), descriptor(referrer, parsed));
        }
    }

    /** Lists the manifest, if it has a subject, unless it is listed. */
    void addIfAbsent(RepositoryName repository, StoredManifest referrer, Manifest parsed) throws IOException {
        if (parsed.subject().isPresent()) {
            store.putIfAbsent(key(repository, referrer, parsed.subject().get()), descriptor(referrer, parsed));
        }
    }

    private static ObjectKey key(RepositoryName repository, StoredManifest referrer, Descriptor subject) {
        return StoreLayout.referrer(repository, subject.digest(), referrer.digest());
    }

    private static ByteBuffer descriptor(StoredManifest referrer, Manifest parsed) throws IOException {
        Descriptor descriptor = new Descriptor(
                referrer.mediaType(),
                referrer.digest(),
                referrer.content().length,
                parsed.effectiveArtifactType(),
                parsed.annotations(),
                false);
        return ByteBuffer.wrap(JSON.writeValueAsBytes(descriptor.toJson()));
    }

    /** Takes a manifest that was deleted from the list, unless it has been pushed again. */
    void remove(RepositoryName repository, Digest subject, Digest referrer) throws IOException {
        remove(repository, StoreLayout.referrer(repository, subject, referrer), referrer);
    }

    private void remove(RepositoryName repository, ObjectKey entry, Digest referrer) throws IOException {
        Optional<byte[]> listed = content(entry);
        if (listed.isPresent() && store.delete(entry) && isStored(repository, referrer)) {
            store.putIfAbsent(entry, ByteBuffer.wrap(listed.get())); // a push came between
        }
    }

    /** Takes the manifests that are not {@code known} from every list of the repository. */
    void removeUnless(RepositoryName repository, Predicate<Digest> known) throws IOException {
        ObjectPages.forEach(store, StoreLayout.referrers(repository), entry -> {
            Digest referrer = StoreLayout.referrerOf(entry.key());
            if (!known.test(referrer)) {
                remove(repository, entry.key(), referrer);
            }
        });
    }
}
