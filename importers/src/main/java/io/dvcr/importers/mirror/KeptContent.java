package io.dvcr.importers.mirror;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.content.StoreLayout;
import io.dvcr.storage.object.ObjectPages;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What there is of mirrored blobs and manifests, as the store tells it. Not thread-safe. */
final class KeptContent {
    private final Map<CacheKey, Kept> all = new HashMap<>();

    /**
     * What is kept of a blob.
     *
     * @param bytes that are stored
     * @param lastUse when it was written or asked for last
     */
    record Kept(CacheKey key, long bytes, Instant lastUse) {
        private Kept and(Kept other) {
            return new Kept(key, bytes + other.bytes, later(lastUse, other.lastUse));
        }
    }

    private KeptContent() {}

    /** How much all of it is, in bytes; needs no memory. */
    static long totalBytes(ObjectStore store) throws IOException {
        long[] total = new long[1];
        ObjectPages.forEach(store, StoreLayout.MIRROR_BLOBS, object -> total[0] += object.size());
        return total[0];
    }

    /** How much is kept of each registry, by what it is mirrored below; needs no memory for each blob. */
    static Map<RepositoryName, KeptOfMirror> byMirror(ObjectStore store) throws IOException {
        Map<RepositoryName, KeptOfMirror> kept = new HashMap<>();
        Set<CacheKey> last = new HashSet<>(); // of one blob all parts come together
        ObjectPages.forEach(store, StoreLayout.MIRROR_BLOBS, object -> {
            CacheKey key = CacheKey.of(object.key());
            boolean another = !last.contains(key);
            if (another) {
                last.clear();
                last.add(key);
            }
            kept.merge(key.prefix(), new KeptOfMirror(another ? 1 : 0, object.size()), KeptOfMirror::and);
        });
        return kept;
    }

    /** @param cache which knows better when something was used */
    static KeptContent list(ObjectStore store, ContentCache cache) throws IOException {
        KeptContent content = new KeptContent();
        ObjectPages.forEach(store, StoreLayout.MIRROR_BLOBS, object -> {
            CacheKey key = CacheKey.of(object.key());
            content.all.merge(key, new Kept(key, object.size(), object.modified()), Kept::and);
        });
        ObjectPages.forEach(store, StoreLayout.MIRROR_USED, mark -> {
            CacheKey key = CacheKey.ofMark(mark.key());
            content.all.computeIfPresent(key, (_, kept) -> kept.and(new Kept(key, 0, mark.modified())));
        });
        content.all.replaceAll((key, kept) ->
                cache.lastUse(key).map(used -> kept.and(new Kept(key, 0, used))).orElse(kept));
        return content;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    Collection<Kept> all() {
        return all.values();
    }

    Optional<Kept> find(CacheKey key) {
        return Optional.ofNullable(all.get(key));
    }
}
