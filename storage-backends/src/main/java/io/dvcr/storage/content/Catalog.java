package io.dvcr.storage.content;

import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which repositories there are. Thread-safe. */
public final class Catalog {
    private static final int PAGE = 1000;

    private final ObjectStore store;

    Catalog(ObjectStore store) {
        this.store = store;
    }

    public boolean contains(RepositoryName repository) throws IOException {
        return store.head(StoreLayout.catalogEntry(repository)).isPresent();
    }

    /** The first {@code limit} repositories, in the order of the catalogue, that come behind {@code after}. */
    public List<RepositoryName> list(Optional<String> after, int limit) throws IOException {
        Optional<String> afterKey = after.map(last -> StoreLayout.CATALOG + last.replace("/", "%2F"));
        return store.list(StoreLayout.CATALOG, afterKey, limit).stream()
                .map(entry -> StoreLayout.catalogued(entry.key()))
                .toList();
    }

    /** The first {@code limit} repositories behind {@code after} that {@code wanted} wants. */
    public List<RepositoryName> list(Optional<String> after, int limit, Predicate<RepositoryName> wanted)
            throws IOException {
        List<RepositoryName> found = new ArrayList<>();
        Optional<String> last = after;
        int pageSize = Math.min(limit, PAGE);
        List<RepositoryName> page;
        do {
            page = list(last, pageSize);
            page.stream().filter(wanted).limit(limit - found.size()).forEach(found::add);
            last = page.isEmpty() ? last : Optional.of(page.getLast().value());
        } while (page.size() == pageSize && found.size() < limit);
        return List.copyOf(found);
    }

    /** Every repository that {@code wanted} wants, in the order of the catalogue. */
    public List<RepositoryName> list(Predicate<RepositoryName> wanted) throws IOException {
        return list(Optional.empty(), Integer.MAX_VALUE, wanted);
    }

    void add(RepositoryName repository) throws IOException {
        store.putIfAbsent(StoreLayout.catalogEntry(repository), ByteBuffer.allocate(0));
    }

    void remove(RepositoryName repository) throws IOException {
        store.delete(StoreLayout.catalogEntry(repository));
    }
}
