package io.dvcr.storage.content;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.dvcr.storage.Digest;
import io.dvcr.storage.RepositoryName;
import io.dvcr.storage.object.ObjectStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds a repository that a blob can be mounted from when the client names none: the one that got it last, as far as
 * this server remembers, or else one of those in the catalogue. Thread-safe.
 */
final class BlobSources {
    private static final int MAX_REMEMBERED = 10_000;
    private static final int PAGE = 1000;
    private static final int MAX_PAGES = 10;

    private final ObjectStore store;
    private final Catalog catalog;
    private final Cache<Digest, RepositoryName> last =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    BlobSources(ObjectStore store, Catalog catalog) {
        this.store = store;
        this.catalog = catalog;
    }

    void remember(RepositoryName repository, Digest digest) {
        last.put(digest, repository);
    }

    /** A repository that has a link to the blob and that {@code mayPull} lets through. */
    Optional<RepositoryName> find(Digest digest, Predicate<RepositoryName> mayPull) throws IOException {
        Optional<RepositoryName> remembered = Optional.ofNullable(last.getIfPresent(digest));
        if (remembered.isPresent() && isSource(remembered.get(), digest, mayPull)) {
            return remembered;
        }
        Optional<String> after = Optional.empty();
        for (int page = 0; page < MAX_PAGES; page++) {
            List<RepositoryName> names = catalog.list(after, PAGE);
            for (RepositoryName name : names) {
                if (isSource(name, digest, mayPull)) {
                    return Optional.of(name);
                }
            }
            if (names.size() < PAGE) {
                break;
            }
            after = Optional.of(names.getLast().value());
        }
        return Optional.empty();
    }

    private boolean isSource(RepositoryName repository, Digest digest, Predicate<RepositoryName> mayPull)
            throws IOException {
        return mayPull.test(repository)
                && store.head(StoreLayout.blobLink(repository, digest)).isPresent();
    }
}
